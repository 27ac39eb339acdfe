/** Types as a scanner does: by key events, in which the layout decides `key` and the key itself `code`. */

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~@#$^&|/?";
const RUSSIAN = 'йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ"№;:?/.,';
const UKRAINIAN = "йцукенгшщзхїфівапролджєячсмитьбю'ЙЦУКЕНГШЩЗХЇФІВАПРОЛДЖЄЯЧСМИТЬБЮ₴\"№;:?/.,";
const LAYOUTS = { us: LATIN, ru: RUSSIAN, ua: UKRAINIAN };
const MARKS = {
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
};
const SEPARATOR = "\u001d";
const SEPARATORS = {
    ctrl: [{ code: "BracketRight", key: "]", ctrlKey: true }],
    f8: [{ code: "F8", key: "F8" }],
    alt: [
        { code: "Numpad0", key: "0", altKey: true },
        { code: "Numpad2", key: "2", altKey: true },
        { code: "Numpad9", key: "9", altKey: true },
        { code: "AltLeft", key: "Alt", up: true },
    ],
};

/** The key of a keyboard of the United States that types `character`. */
export function keyOf(character) {
    if (/[a-z]/i.test(character)) {
        const shiftKey = character !== character.toLowerCase();
        return { code: `Key${character.toUpperCase()}`, key: character, shiftKey };
    }
    if (/\d/.test(character)) {
        return { code: `Digit${character}`, key: character };
    }
    const digit = ")!@#$%^&*(".indexOf(character);
    if (digit >= 0) {
        return { code: `Digit${digit}`, key: character, shiftKey: true };
    }
    const [code, both] = Object.entries(MARKS).find(([, both]) => both.includes(character));
    return { code, key: character, shiftKey: both.indexOf(character) === 1 };
}

/** The events of a scan of `code`, without Enter. */
export function keysOf(code, { layout = "us", separator = "ctrl" } = {}) {
    const keys = [...code].flatMap((character) =>
        character === SEPARATOR ? SEPARATORS[separator] : [keyOf(character)]
    );
    return keys.map((key) => {
        const place = LATIN.indexOf(key.key);
        return key.key.length === 1 && place >= 0 ? { ...key, key: LAYOUTS[layout][place] } : key;
    });
}

/** Press one key in `input`; where nothing prevents it, what the browser does is done. */
export function press(input, { up, ...key }) {
    const init = { ...key, bubbles: true, cancelable: true };
    const goesOn = input.dispatchEvent(new KeyboardEvent(up ? "keyup" : "keydown", init));
    if (goesOn && !up && key.key.length === 1 && !key.ctrlKey && !key.altKey) {
        document.execCommand("insertText", false, key.key);
    }
}

/** Scan `code` into `input` and end it with Enter, `pause` milliseconds from key to key. */
export async function scan(input, code, { pause = 0.5, ...options } = {}) {
    const { port1, port2 } = new MessageChannel();
    for (const key of [...keysOf(code, options), { code: "Enter", key: "Enter" }]) {
        press(input, key);
        for (const until = performance.now() + pause; performance.now() < until;) {
            // lets the page render, and is not held up as a timer is
            await new Promise((resolve) => {
                port1.onmessage = resolve;
                port2.postMessage(0);
            });
        }
    }
    port1.close();
}
