// The bytes of JSON's punctuation (RFC 8259, 2), which are also the codes of its characters.
export const QUOTATION_MARK = 34
export const COMMA = 44
export const COLON = 58
export const OPENING_BRACKET = 91
export const BACKSLASH = 92
export const CLOSING_BRACKET = 93
export const OPENING_BRACE = 123
export const CLOSING_BRACE = 125
