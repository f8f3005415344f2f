// Explains a fault of a TLS connection by the code of Node's error, and what an operator can do about it.

/** The first match counts; the last one is any other fault of TLS. */
const FAULTS: readonly (readonly [code: RegExp, advise: (authority: string) => string])[] = [
  [
    /ALTNAME|HOSTNAME_MISMATCH/,
    () => 'the certificate is for another name: use the name that is in it, or a certificate for this one',
  ],
  [
    /EXPIRED|NOT_YET_VALID|REVOKED|^CRL_/,
    () => 'the certificate is not valid now: renew it, or set the clock of this machine',
  ],
  [
    /^EPROTO$|^ERR_SSL_(?:WRONG_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|PACKET_LENGTH|HTTP_REQUEST)/,
    () => 'the port does not speak TLS, or no version of it that is accepted here: check port and scheme',
  ],
  [
    /^ERR_SSL_.*ALERT/,
    () =>
      'the server refuses the handshake: it may require a certificate of the client, another name, or another version or cipher of TLS',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|INVALID_(?:CA|PURPOSE)|PATH_LENGTH/,
    (authority) => `the certificate is not trusted: name its authority in ${authority}`,
  ],
  [
    /^ERR_(?:TLS|SSL)/,
    () => 'the two sides do not agree: check which versions and ciphers of TLS the server accepts',
  ],
]

/** `authority`: the setting that names authorities for this connection. Null if the code is about something else. */
export const adviceOnTls = (code: string, authority: string): string | null =>
  FAULTS.find(([pattern]) => pattern.test(code))?.[1](authority) ?? null
