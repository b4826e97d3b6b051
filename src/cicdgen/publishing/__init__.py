"""From a folder to a run of the pipeline: the same files are the same bytes, wherever they lie.

`files` chooses what goes in, `archive` writes it, `uploading` sends it to the environment's source
bucket, and `following` watches the run that the upload starts.
"""
