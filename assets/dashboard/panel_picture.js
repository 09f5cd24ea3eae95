// The picture of a panel made of HTML: boxes, borders and words, where the browser has laid them out.
(() => {
  const SCALE = 2, EDGE = 8; // px
  const LEFT_OUT = ".menu, .visually-hidden, [hidden]";

  const parts = (element, opacity = 1) => {
    const style = getComputedStyle(element);
    if (element.matches(LEFT_OUT) || style.display === "none" || style.visibility === "hidden") return [];
    const own = { element, style, box: element.getBoundingClientRect(), opacity: opacity * style.opacity };
    return [own, ...[...element.children].flatMap((child) => parts(child, own.opacity))];
  };

  const drawBox = (context, { style, box }) => {
    context.fillStyle = style.backgroundColor;
    context.beginPath();
    const radius = style.borderTopLeftRadius;
    context.roundRect(box.x, box.y, box.width, box.height, radius.endsWith("%") ? box.width / 2 : parseFloat(radius) || 0);
    context.fill();
    if (style.borderTopStyle !== "none") {
      context.fillStyle = style.borderTopColor;
      context.fillRect(box.x, box.y, box.width, parseFloat(style.borderTopWidth));
    }
  };

  const drawWords = (context, { element, style }) => {
    context.fillStyle = style.color;
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const range = document.createRange();
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE) continue;
      for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const place = range.getBoundingClientRect();
        context.letterSpacing = "0px";
        const { width, fontBoundingBoxAscent } = context.measureText(word);
        context.letterSpacing = `${(place.width - width) / word.length}px`; // digits of one width
        context.fillText(word, place.x, place.y + fontBoundingBoxAscent);
      }
    }
  };

  const drawn = (panel) => {
    const all = parts(panel), origin = panel.getBoundingClientRect();
    const edge = (side) => Math.max(...all.map(({ box }) => box[side]));
    const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
    canvas.width = SCALE * (edge("right") - origin.x + EDGE);
    canvas.height = SCALE * (edge("bottom") - origin.y + EDGE);
    context.fillStyle = getComputedStyle(panel).backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.scale(SCALE, SCALE);
    context.translate(-origin.x, -origin.y);
    for (const part of all) {
      context.globalAlpha = part.opacity;
      if (part.element !== panel) drawBox(context, part);
      drawWords(context, part);
    }
    return canvas.toDataURL("image/png");
  };

  // The address of the picture. While it is drawn, nothing of the panel is scrolled or cut away.
  window.panelPicture = (panel) => {
    panel.classList.add("is-pictured");
    try {
      return drawn(panel);
    } finally {
      panel.classList.remove("is-pictured");
    }
  };
})();
