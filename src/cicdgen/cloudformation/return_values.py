"""What `Ref` and `Fn::GetAtt` return, and what a resource's ARN is.

Each row follows the "Return values" section of the type's page in the CloudFormation template
reference (AWSCloudFormation/aws-resource-SERVICE-TYPE), and the ARN that the service authorization
reference gives for the resource. `${name}` is the resource's own name: the property that sets it,
or else a name that CloudFormation makes up. `${path}`, `${bus}`, `${function}`, `${host}`,
`${slashed}`, `${random}` and `${id}` are told in `naming`; any other word in braces is a pseudo
parameter or a property. A type or attribute without a row is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cicdgen.cloudformation.text import Shape


@dataclass(frozen=True, kw_only=True)
class ReturnValues:
    """How a type of resource is referred to.

    Attributes:
        name: The property that names it, `""` if nothing but AWS does.
        arn: Its ARN, as a template.
        ref: What `Ref` returns.
        attributes: What `Fn::GetAtt` returns, by attribute. `Arn` is `arn` unless told otherwise.
        made: What a name looks like that nobody has set.
    """

    name: str
    arn: str
    ref: str = "${name}"
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    made: Shape = Shape.MADE


def _type(
    arn: str, name: str = "", ref: str = "${name}", *, made: Shape = Shape.MADE, **attributes: str
) -> ReturnValues:
    prefix = "" if arn.startswith("${") else "arn:${AWS::Partition}:"
    full = prefix + arn.replace("@", "${AWS::Region}:${AWS::AccountId}")
    filled = {key: value.replace("${arn}", full) for key, value in attributes.items()}
    return ReturnValues(
        name=name,
        arn=full,
        ref=ref.replace("${arn}", full),
        attributes=MappingProxyType({"Arn": full} | filled),
        made=made,
    )


_SELF = "${arn}"

RETURN_VALUES: Mapping[str, ReturnValues] = MappingProxyType(
    {
        "AWS::CloudFormation::Stack": _type("cloudformation:@:stack/${name}", ref=_SELF),
        "AWS::CloudWatch::Alarm": _type("cloudwatch:@:alarm:${name}", "AlarmName"),
        "AWS::CloudWatch::CompositeAlarm": _type("cloudwatch:@:alarm:${name}", "AlarmName"),
        "AWS::CloudWatch::Dashboard": _type(
            "cloudwatch::${AWS::AccountId}:dashboard/${name}", "DashboardName"
        ),
        "AWS::CodeArtifact::Domain": _type("codeartifact:@:domain/${name}", "DomainName", _SELF),
        "AWS::CodeBuild::Project": _type("codebuild:@:project/${name}", "Name"),
        "AWS::CodeBuild::ReportGroup": _type("codebuild:@:report-group/${name}", "Name", _SELF),
        "AWS::CodeCommit::Repository": _type(
            "codecommit:@:${name}", "RepositoryName", "${id}", Name="${name}"
        ),
        "AWS::CodeConnections::Connection": _type(
            "codeconnections:@:connection/${name}", "", _SELF, made=Shape.ID, ConnectionArn=_SELF
        ),
        "AWS::CodeStarConnections::Connection": _type(
            "codestar-connections:@:connection/${name}",
            "",
            _SELF,
            made=Shape.ID,
            ConnectionArn=_SELF,
        ),
        "AWS::CodeStarNotifications::NotificationRule": _type(
            "codestar-notifications:@:notificationrule/${name}", "", _SELF, made=Shape.ID
        ),
        "AWS::CodeDeploy::Application": _type(
            "codedeploy:@:application:${name}", "ApplicationName"
        ),
        "AWS::CodeDeploy::DeploymentConfig": _type(
            "codedeploy:@:deploymentconfig:${name}", "DeploymentConfigName"
        ),
        "AWS::CodeDeploy::DeploymentGroup": _type(
            "codedeploy:@:deploymentgroup:${ApplicationName}/${name}", "DeploymentGroupName"
        ),
        "AWS::CodePipeline::Pipeline": _type("codepipeline:@:${name}", "Name"),
        "AWS::DynamoDB::Table": _type("dynamodb:@:table/${name}", "TableName"),
        "AWS::ECR::Repository": _type("ecr:@:repository/${name}", "RepositoryName"),
        "AWS::ECS::Cluster": _type("ecs:@:cluster/${name}", "ClusterName"),
        "AWS::Events::EventBus": _type("events:@:event-bus/${name}", "Name", Name="${name}"),
        "AWS::Events::Rule": _type("events:@:rule/${bus}${name}", "Name"),
        "AWS::IAM::Group": _type("iam::${AWS::AccountId}:group${path}${name}", "GroupName"),
        "AWS::IAM::InstanceProfile": _type(
            "iam::${AWS::AccountId}:instance-profile${path}${name}", "InstanceProfileName"
        ),
        "AWS::IAM::ManagedPolicy": _type(
            "iam::${AWS::AccountId}:policy${path}${name}",
            "ManagedPolicyName",
            _SELF,
            PolicyArn=_SELF,
        ),
        "AWS::IAM::OIDCProvider": _type(
            "iam::${AWS::AccountId}:oidc-provider/${host}", "Url", _SELF
        ),
        "AWS::IAM::Role": _type("iam::${AWS::AccountId}:role${path}${name}", "RoleName"),
        "AWS::IAM::SAMLProvider": _type(
            "iam::${AWS::AccountId}:saml-provider/${name}", "Name", _SELF
        ),
        "AWS::IAM::User": _type("iam::${AWS::AccountId}:user${path}${name}", "UserName"),
        "AWS::KMS::Alias": _type("kms:@:${name}", "AliasName"),
        "AWS::KMS::Key": _type("kms:@:key/${name}", made=Shape.ID, KeyId="${name}"),
        "AWS::KMS::ReplicaKey": _type("kms:@:key/${name}", made=Shape.ID, KeyId="${name}"),
        "AWS::Kinesis::Stream": _type("kinesis:@:stream/${name}", "Name"),
        "AWS::KinesisFirehose::DeliveryStream": _type(
            "firehose:@:deliverystream/${name}", "DeliveryStreamName"
        ),
        "AWS::Lambda::Alias": _type("${function}:${name}", "Name", _SELF, AliasArn=_SELF),
        "AWS::Lambda::CodeSigningConfig": _type(
            "lambda:@:code-signing-config:${name}", "", _SELF, CodeSigningConfigArn=_SELF
        ),
        "AWS::Lambda::Function": _type("lambda:@:function:${name}", "FunctionName"),
        "AWS::Lambda::Version": _type(
            "${function}:${name}",
            "",
            _SELF,
            made=Shape.NUMBER,
            Version="${name}",
            FunctionArn=_SELF,
        ),
        "AWS::Logs::LogGroup": _type(
            "logs:@:log-group:${name}",
            "LogGroupName",
            Arn="arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${name}:*",
        ),
        "AWS::S3::Bucket": _type(
            "s3:::${name}",
            "BucketName",
            DomainName="${name}.s3.${AWS::URLSuffix}",
            RegionalDomainName="${name}.s3.${AWS::Region}.${AWS::URLSuffix}",
        ),
        "AWS::SNS::Topic": _type(
            "sns:@:${name}", "TopicName", _SELF, TopicArn=_SELF, TopicName="${name}"
        ),
        "AWS::SQS::Queue": _type(
            "sqs:@:${name}",
            "QueueName",
            "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${name}",
            QueueName="${name}",
            QueueUrl="https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${name}",
        ),
        "AWS::SSM::Parameter": _type("ssm:@:parameter${slashed}", "Name"),
        "AWS::SecretsManager::Secret": _type(
            "secretsmanager:@:secret:${name}${random}", "Name", _SELF, Id=_SELF
        ),
        "AWS::Signer::SigningProfile": _type(
            "signer:@:/signing-profiles/${name}", "ProfileName", ProfileName="${name}"
        ),
        "AWS::StepFunctions::StateMachine": _type(
            "states:@:stateMachine:${name}", "StateMachineName", _SELF, Name="${name}"
        ),
        "AWS::XRay::Group": _type("xray:@:group/${name}", "GroupName", _SELF, GroupARN=_SELF),
    }
)
"""By type. `@` in a row is the region and the account."""
