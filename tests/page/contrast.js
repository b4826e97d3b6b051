// The texts of a page that are hard to read: their contrast with what is behind them, where it is
// under 4.5 (WCAG 2.2, 1.4.3), or 3 for large text. Run in the page; answers with sentences.
(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  function rgba(color) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  }

  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1,
  });

  function behind(node) {
    const layers = [];
    for (let each = node; each; each = each.parentElement) {
      const color = rgba(getComputedStyle(each).backgroundColor);
      if (color.a) layers.push(color);
      if (color.a === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  }

  function light({ r, g, b }) {
    const part = (value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  }

  function ratio(one, other) {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  const found = [];
  let looked = 0;
  for (const node of document.querySelectorAll("body *")) {
    const text = [...node.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE).map((each) => each.data.trim()).join("");
    const style = getComputedStyle(node);
    const drawn = node instanceof SVGElement;
    if (!text || !node.getClientRects().length || ["TITLE", "title", "SCRIPT", "STYLE"].includes(node.tagName)) continue;
    if (node.classList.contains("mark-number")) continue;
    looked += 1;
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const is = ratio(rgba(drawn ? style.fill : style.color), behind(drawn ? node.closest("div") : node));
    if (is < least) found.push(`${is.toFixed(2)} under ${least}: “${text.slice(0, 40)}”`);
  }
  return { found, looked };
})();
