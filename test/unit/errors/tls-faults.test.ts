// What each fault of TLS means for an operator: the codes are those of Node and OpenSSL.
import { expect, it } from 'vitest'
import { adviceOnTls } from '../../../src/errors/tls-faults.ts'

it.each([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted.* OUR_CA$/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /not trusted/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted/],
  ['CERT_UNTRUSTED', /not trusted/],
  ['INVALID_CA', /not trusted/],
  ['CERT_HAS_EXPIRED', /not valid now/],
  ['CERT_NOT_YET_VALID', /not valid now/],
  ['CERT_REVOKED', /not valid now: renew/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
  ['HOSTNAME_MISMATCH', /another name/],
  ['EPROTO', /does not speak TLS/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /certificate of the client/],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /another version/],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', /certificate of the client.* cipher/],
  ['ERR_SSL_NO_SHARED_CIPHER', /do not agree.* ciphers/],
])('%s has its advice', (code, advice) => {
  expect(adviceOnTls(code, 'OUR_CA')).toMatch(advice)
})

it.each(['', 'ECONNREFUSED', 'ETIMEDOUT', 'WRONGPASS', 'NOAUTH', 'timeout', 'PROXY_407'])(
  '%j is no fault of TLS',
  (code) => {
    expect(adviceOnTls(code, 'OUR_CA')).toBeNull()
  },
)
