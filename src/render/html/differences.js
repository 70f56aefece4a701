// Differences as text with colours, long ones folded.

const LINES_SHOWN = 24;
/** Hiding fewer lines than this is not worth a click. */
const LINES_HIDDEN_MIN = 6;
const CHARACTERS_SHOWN = 480;
const CHARACTERS_HIDDEN_MIN = 160;

const TONE_OF_SIGN = { "+": "add", "-": "remove", "~": "change", "-/+": "replace", "+/-": "replace", "<=": "read" };
const SIGN = /^(-\/\+|\+\/-|<=|[-+~])(?= |$)/;
const REMARK_IN_TEXT = /^# \((\d+ unchanged|the text )/;

/** The lines of a difference: indentation, sign, the tone of both and the rest. */
function linesOf(text) {
  let document = null;
  return text.replace(/\n$/, "").split("\n").map((whole) => {
    const indent = whole.length - whole.trimStart().length;
    const trimmed = whole.slice(indent);
    const line = { whole, indent, sign: "", tone: "context", rest: trimmed, isText: document !== null };
    if (document && trimmed.startsWith(document.marker)) {
      document = null;
      line.isText = false;
    }
    if (document) return lineInDocument(line, document);
    const sign = SIGN.exec(trimmed);
    if (sign) {
      line.sign = sign[1];
      line.rest = trimmed.slice(sign[1].length);
      line.tone = TONE_OF_SIGN[sign[1]];
    } else if (trimmed.startsWith("#")) {
      line.tone = "remark";
    }
    document = documentAfter(line);
    return line;
  });
}

/** The text of several lines that begins at the end of a line, if one does. Its lines are content: a `-` or a `#` in
    them is a sign only in the column that the writer of differences keeps for signs. */
function documentAfter(line) {
  const opened = /<<-?([A-Za-z_]\w*)( #.*)?$/.exec(line.rest);
  if (!opened) return null;
  const signColumn = line.sign ? line.indent + line.sign.length - 1 : line.indent - 2;
  return { marker: opened[1], contentColumn: signColumn + 6, tone: line.sign === "~" ? "context" : line.tone };
}

function lineInDocument(line, document) {
  const sign = line.indent < document.contentColumn ? SIGN.exec(line.rest) : null;
  if (sign) {
    line.sign = sign[1];
    line.rest = line.rest.slice(sign[1].length);
    line.tone = TONE_OF_SIGN[sign[1]];
  } else {
    line.tone = REMARK_IN_TEXT.test(line.rest) ? "remark" : document.tone;
  }
  return line;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|# forces replacement|# whitespace changes|\(known after apply\)|\(sensitive value\)|->/g;
const TONE_OF_TOKEN = {
  "# forces replacement": "forces",
  "# whitespace changes": "remark",
  "(known after apply)": "unknown",
  "(sensitive value)": "unknown",
  "->": "arrow",
};

/** The rest of a line in pieces. Text in quotes is never taken for anything else. */
function piecesOf(line) {
  if (line.isText || line.tone === "remark") return [{ text: line.rest }];
  const pieces = [];
  let at = 0;
  for (const token of line.rest.matchAll(TOKEN)) {
    if (token.index > at) pieces.push({ text: line.rest.slice(at, token.index) });
    pieces.push({ text: token[0], tone: TONE_OF_TOKEN[token[0]] });
    at = token.index + token[0].length;
  }
  if (at < line.rest.length) pieces.push({ text: line.rest.slice(at) });
  return line.sign === "~" ? withSides(pieces) : pieces;
}

/** Tells the value before the arrow from the value after it. */
function withSides(pieces) {
  const arrow = pieces.findIndex((piece) => piece.tone === "arrow");
  const equals = pieces.findIndex((piece) => !piece.tone && /(^|\s)=\s/.test(piece.text));
  if (arrow < 0) return pieces;
  return pieces.flatMap((piece, position) => {
    if (piece.tone) return [piece];
    if (position > arrow) return [{ text: piece.text, tone: piece.text.trim() ? "after" : undefined }];
    if (position > equals) return [{ text: piece.text, tone: "before" }];
    if (position < equals) return [piece];
    const split = piece.text.search(/=\s/) + 2;
    return [{ text: piece.text.slice(0, split) }, { text: piece.text.slice(split), tone: "before" }];
  });
}

function drawLine(line, terms, isWhole) {
  const element = make("span", { class: `diff-line is-${line.tone}` });
  element.style.setProperty("--indent", line.indent);
  const pieces = [{ text: line.whole.slice(0, line.indent) }, { text: line.sign, tone: "sign" }, ...piecesOf(line)];
  const hidden = line.whole.length - CHARACTERS_SHOWN;
  const isInHidden = rangesOf(line.whole, terms).some((range) => range[1] > CHARACTERS_SHOWN);
  if (isWhole || hidden < CHARACTERS_HIDDEN_MIN || isInHidden) {
    appendPieces(element, pieces.filter((piece) => piece.text), terms);
    return element;
  }
  appendPieces(element, firstOf(pieces, CHARACTERS_SHOWN), terms);
  const unfold = () => element.replaceWith(drawLine(line, terms, true));
  element.append(unfoldButton(`… ${counted(hidden, "more character")}`, unfold));
  return element;
}

function firstOf(pieces, characters) {
  const first = [];
  for (const piece of pieces) {
    if (characters <= 0) break;
    if (piece.text) first.push({ text: piece.text.slice(0, characters), tone: piece.tone });
    characters -= piece.text.length;
  }
  return first;
}

function unfoldButton(text, unfold) {
  return make("button", { type: "button", class: "unfold", textContent: text, onclick: unfold });
}

/** A difference. `isMixed`: only some lines change, which colours should tell. `isWhole`: nothing is shortened.
    `folding` remembers what was unfolded. */
function drawDifference(text, { isMixed, isWhole, terms, folding }) {
  const lines = linesOf(text);
  const block = make("pre", { class: isMixed ? "diff is-mixed" : "diff" });
  const hidden = lines.slice(LINES_SHOWN);
  const isFolded = !isWhole && !folding.isUnfolded && hidden.length >= LINES_HIDDEN_MIN && !hidden.some((line) => rangesOf(line.whole, terms).length);
  const append = (some) => block.append(...some.map((line) => drawLine(line, terms, isWhole)));
  append(isFolded ? lines.slice(0, LINES_SHOWN) : lines);
  if (!isFolded) return block;
  const button = unfoldButton(`Show ${counted(hidden.length, "more line")}`, () => {
    folding.isUnfolded = true;
    button.remove();
    append(hidden);
  });
  block.append(button);
  return block;
}
