// The name under which the gateway sends its requests. Firewalls refuse requests without a name (403), and logs show it.

/** A test compares it with package.json, which a bundle does not contain. */
export const VERSION = '0.1.0'

/** RFC 9110, 10.1.5. */
export const USER_AGENT = `aurora-graphql-gateway/${VERSION}`
