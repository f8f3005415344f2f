// The variables that Kubernetes, or Docker with its older links, adds to each container for every Service beside it.

/** A Service `redis` becomes `REDIS_SERVICE_HOST`, `REDIS_PORT=tcp://…`, `REDIS_PORT_6379_TCP_ADDR` and some more. */
const INJECTED_NAME = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/
const INJECTED_VALUE = /^(tcp|udp|sctp):\/\//

/** Of a variable that is no setting: its name or its value has the form of such a variable. */
export const isLikeInjected = (name: string, value: string | undefined): boolean =>
  INJECTED_NAME.test(name) || INJECTED_VALUE.test(value ?? '')

/** Of a setting. An operator may set METRICS_PORT, but never to the address of a Service. */
export const isInjected = (name: string, value: string | undefined): boolean =>
  INJECTED_NAME.test(name) && INJECTED_VALUE.test(value ?? '')

/** The Service whose port has this variable: METRICS_PORT is of the Service `metrics`. */
export const serviceOf = (name: string): string =>
  name
    .replace(/_PORT(_.*)?$/, '')
    .toLowerCase()
    .replaceAll('_', '-')
