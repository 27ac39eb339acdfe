/** Separates the groups of a marking code (GS, FNC1 of GS1) */
export const GROUP_SEPARATOR = "\u001d";
/** How the separator is shown in a field */
export const SEPARATOR_SIGN = "␝";

/** What Windows, telephone applications and scanners type where no key makes a separator */
const STAND_INS = /↔|<GS>|\{GS\}|\\u001d|~1/gi;
const BLANK_ENDS = /^[ \t\r\n]+|[ \t\r\n]+$/g;
/** Identifiers of the symbology (]d2, ]C1) and a separator say before a code only that it is one of GS1 */
const PREFIX = /^(?:␝|\][A-Za-z]\d)+/;
const BRACKETED = /^\(01\)\d{14}\(21\)/;
const BRACKETS = /␝?\((0[12]|1[0-7]|20|21|240|3[1-6]\d\d|8005|9\d)\)/g;
/** Groups after which GS1 wants no separator, since they have one length */
const ONE_LENGTH = /^(?:0[12]|1[1-7]|20|3[1-6])/;
const CYRILLIC = /[а-яёіїєґ]/i;
/** Series and number of a Ukrainian excise stamp of paper, whose letters are read and typed as they are */
const PAPER_STAMP = /^[A-ZА-ЯІЇЄҐ]{4}\d{6}$/;
const GTIN_AND_SERIAL = /^01\d{14}21/;
/** A serial number of a known length that has swallowed the check code, or the price (8005), behind it */
const SWALLOWED = /^(?:.{5,8}|.{13})93.{4}$|^.{5,8}8005\d{6}/;
/** Two groups in one: 91 and 93 have four characters, 8005 has six digits */
const FUSED = /^91.{4}92|^8005\d{6}93|^93.{4}(?:240|310\d|335\d)/;
/** Milliseconds from key to key above which a person types */
const BY_HAND = 50;

const LAYOUT = new Map([
    ...pairs("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"),
    ...pairs("ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ", 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~'),
    ...pairs("іїєґІЇЄҐ", "s]'\\S}\"|"),
    ...pairs('"№;:?/.,', "@#$^&|/?"),
]);
const SHIFTED_DIGITS = ")!@#$%^&*(";
const PUNCTUATION = {
    Backquote: "`~",
    Minus: "-_",
    Equal: "=+",
    BracketLeft: "[{",
    BracketRight: "]}",
    Backslash: "\\|",
    Semicolon: ";:",
    Quote: "'\"",
    Comma: ",<",
    Period: ".>",
    Slash: "/?",
    Space: "  ",
};

function pairs(from, to) {
    return [...from].map((letter, index) => [letter, to[index]]);
}

// === Keys ===

/**
 * What a scanner means by a key, whatever layout is on: it types as on a keyboard of the United States.
 *
 * @param {KeyboardEvent} event
 * @returns "" for a key that types nothing, or that is unknown
 */
export function meaningOf({ code = "", shiftKey, ctrlKey, altKey, metaKey }) {
    if (code === "F8" || (code === "BracketRight" && ctrlKey && !altKey)) {
        return SEPARATOR_SIGN;
    }
    if (ctrlKey || altKey || metaKey) {
        return "";
    }
    const [, letter, digit] = code.match(/^(?:Key([A-Z])|Digit(\d))$/) || [];
    if (letter) {
        return shiftKey ? letter : letter.toLowerCase();
    }
    if (digit) {
        return shiftKey ? SHIFTED_DIGITS[digit] : digit;
    }
    return PUNCTUATION[code]?.[shiftKey ? 1 : 0] || "";
}

/** The keys of one scan, or of a person who types the code. */
export class Scan {
    strokes = [];
    altNumber = "";

    /** @returns what the key adds to the field, "" where the browser does by itself what is to be done */
    press(event) {
        if (event.altKey && /^Numpad\d$/.test(event.code)) {
            this.altNumber += event.code.at(-1);
            return "";
        }
        const meant = meaningOf(event);
        if (meant) {
            this.strokes.push({ meant, seen: event.key, at: event.timeStamp });
        } else if (event.key === "Backspace") {
            this.strokes.pop();
        }
        return meant;
    }

    /** @returns the separator where Alt is released after 029 on the number pad, else "" */
    release(event) {
        if (event.key !== "Alt") {
            return "";
        }
        const number = this.altNumber;
        this.altNumber = "";
        return number && Number(number) === 29 ? SEPARATOR_SIGN : "";
    }

    /** What a field holds that was filled by these keys. A person who types a stamp of paper means the letters seen. */
    read(value) {
        const seen = this.strokes.map((stroke) => stroke.seen).join("");
        const meant = this.strokes.map((stroke) => stroke.meant).join("");
        const time = this.strokes.at(-1)?.at - this.strokes[0]?.at;
        const byHand = time > BY_HAND * (this.strokes.length - 1);
        return byHand && value === meant && PAPER_STAMP.test(seen) ? seen : value;
    }
}

// === Codes ===

/** Text that was typed while a Russian or Ukrainian layout was on, as it was meant; any other text as it is. */
function asMeant(text) {
    if (!CYRILLIC.test(text) || /[A-Za-z]/.test(text)) {
        return text;
    }
    const meant = [...text].map((letter) => LAYOUT.get(letter) ?? letter).join("");
    return CYRILLIC.test(meant) ? text : meant;
}

function withoutBrackets(code) {
    if (!BRACKETED.test(code)) {
        return code;
    }
    let before = "01";
    return code.replace(BRACKETS, (match, group) => {
        const separator = ONE_LENGTH.test(before) ? "" : SEPARATOR_SIGN;
        before = group;
        return separator + group;
    });
}

/**
 * The code as the register wants it (FFD tag 2000), from what was scanned, typed or pasted. `tools/marking_code.py` does
 * the same.
 */
export function normalizeMarkingCode(text) {
    const given = (text || "").replace(BLANK_ENDS, "");
    if (PAPER_STAMP.test(given)) {
        return given;
    }
    const meant = asMeant(given.replaceAll(GROUP_SEPARATOR, SEPARATOR_SIGN));
    const code = meant.replace(STAND_INS, SEPARATOR_SIGN).replace(PREFIX, "");
    return withoutBrackets(code).replace(/␝+/g, GROUP_SEPARATOR);
}

function lacksSeparator(code) {
    if (!GTIN_AND_SERIAL.test(code)) {
        return false;
    }
    const [serial, ...groups] = code.slice(18).split(GROUP_SEPARATOR);
    return (
        serial.length > 20 ||
        (!groups.length && SWALLOWED.test(serial)) ||
        (/91.{4}$/.test(serial) && groups[0]?.startsWith("92")) ||
        groups.some((group) => FUSED.test(group))
    );
}

/**
 * Why a normalized code is none that a register takes: `barcode` (the shop's own code of the article), `letters` (none
 * that a layout explains), `separator` (lost by the scanner), `other` (a link, a part of a code), or "".
 *
 * @param {String} code
 * @param {String} country "UA", where the code is that of an excise stamp, or any other
 */
export function faultOf(code, country) {
    if (/^(?:\d{8}|\d{12,14})$/.test(code)) {
        return "barcode";
    }
    if (country === "UA" && PAPER_STAMP.test(code)) {
        return "";
    }
    if (/[^ -~]/.test(code.replaceAll(GROUP_SEPARATOR, ""))) {
        return "letters";
    }
    if (/ |^[a-z]+:\/\//i.test(code) || !code) {
        return "other";
    }
    if (country === "UA") {
        return "";
    }
    // the shortest are those of furs; tobacco's 29 characters may be digits only
    if (code.length < 20 || (/^\d+$/.test(code) && code.length !== 29)) {
        return "other";
    }
    return lacksSeparator(code) ? "separator" : "";
}

/** GTIN and serial number, which name a piece with and without the check code; other codes as a whole. */
export function pieceOf(code) {
    return GTIN_AND_SERIAL.test(code) ? code.split(GROUP_SEPARATOR)[0] : code;
}
