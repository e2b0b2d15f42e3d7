/**
 * A request that the real server answers with the text of a Java exception: HTTP 400, responseCode 4, no handle
 * (Technical Manual 14.4). The Java class is kept, because recorded messages show it.
 */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
  readonly javaClass: string

  constructor(message: string, javaClass = 'java.lang.Exception') {
    super(message)
    this.javaClass = javaClass
  }
}
