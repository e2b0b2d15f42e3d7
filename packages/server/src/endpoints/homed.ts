import { Refusal, responseCode } from '../http/reply.ts'
import type { Call } from './endpoint.ts'

/** Refuses a name whose prefix another server answers for. */
export function requireHomed({ service }: Call, name: string, subject: string): void {
  if (service.records.isHomed(name)) return
  throw new Refusal(responseCode.serverNotResponsible, subject, "That prefix doesn't live here")
}
