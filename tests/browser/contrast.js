// Nothing in, the texts on the page out whose colour is too close to what is behind them (WCAG 2.2, 1.4.3: contrast is
// (L1 + 0.05) / (L2 + 0.05), with L the relative luminance).
() => {
  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue], alpha };
  };
  const over = (above, below) => above.channels.map((one, i) => one * above.alpha + below[i] * (1 - above.alpha));
  const luminance = (channels) => {
    const [red, green, blue] = channels.map((one) => {
      const part = one / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    const behind = [];
    for (let at = element; at; at = at.parentElement) behind.push(parse(getComputedStyle(at).backgroundColor));
    return behind.reverse().reduce((below, above) => over(above, below), [255, 255, 255]);
  };
  // In the graph a text is on the box or the column that it is in, else on the graph's own ground.
  const drawnOn = (text) => {
    const rect = text.closest(".box, .column")?.querySelector("rect") ?? text.closest("svg").querySelector(".page");
    return parse(getComputedStyle(rect).fill).channels;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = [];
  let count = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, title, desc, option")) continue;
    count += 1;
    const style = getComputedStyle(element);
    const drawn = Boolean(element.closest("svg"));
    const below = drawn ? drawnOn(element) : ground(element);
    const colour = over(parse(drawn ? style.fill : style.color), below);
    const [dark, light] = [luminance(colour), luminance(below)].sort((one, other) => one - other);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) low.push({ text: texts.currentNode.data.slice(0, 60), contrast, off: element.matches("nav a:not([href])") });
  }
  return { texts: count, low };
}
