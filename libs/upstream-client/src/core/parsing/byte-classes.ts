/** Bytes of a token (RFC 9110 section 5.6.2). */
export const TOKEN = new Uint8Array(256);
/** Bytes of a field value and of a reason phrase: HTAB, SP, visible and obs-text (RFC 9110 section 5.5). */
export const VALUE = new Uint8Array(256);
/** Value of a hexadecimal digit, 255 for any other byte. */
export const HEX = new Uint8Array(256).fill(255);

for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[char.charCodeAt(0)] = 1;
}
VALUE[9] = 1;
VALUE.fill(1, 0x20, 0x7f);
VALUE.fill(1, 0x80, 0x100);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

export const HTAB = 9;
export const LF = 10;
export const CR = 13;
export const SP = 32;
export const COLON = 58;
export const SEMICOLON = 59;
export const EQUALS = 61;
export const QUOTE = 34;
export const BACKSLASH = 92;
