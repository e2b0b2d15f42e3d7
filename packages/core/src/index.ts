// Adding a name here makes it public.
export type {
  Api,
  AttemptHeaders,
  AuthorizeContext,
  Challenge,
  ChallengeContext,
  ClientContext,
  CloseContext,
  ConfigContext,
  ConnectionInfo,
  Credentials,
  ResponseHeaders,
  SendContext,
  SendRequest,
  SendResponse,
  Strategy,
  TlsContext,
  TlsIdentity,
} from './credentials.ts'
export {
  AuthError,
  HandleAlreadyExistsError,
  HandleNotFoundError,
  HandlePermissionError,
  HandleProtocolError,
  HandleRecordError,
  HandleResponseError,
  HandlekitError,
  HttpError,
  InvalidArgumentError,
  TransportError,
} from './errors.ts'
export type {
  AnyHandleError,
  AuthErrorCode,
  AuthErrorOptions,
  HandleProtocolErrorCode,
  HandleProtocolErrorOptions,
  HandleRecordErrorCode,
  HandleRecordErrorOptions,
  HandleResponseErrorCode,
  HandleResponseErrorOptions,
  HttpErrorOptions,
  InvalidArgumentErrorCode,
  TransportErrorCode,
  TransportErrorOptions,
} from './errors.ts'
export { HttpClient } from './http-client.ts'
export type { HttpClientOptions, HttpRequestOptions, HttpResponse, QueryValue } from './http-client.ts'
export type { RequestEvent } from './transport/observe.ts'
export { connectOptionNames } from './transport/open.ts'
export type { ConnectOptions } from './transport/open.ts'
export type { PublicKeyInput, Trust } from './transport/trust.ts'
export { loadCredentialsFile } from './config/credentials-file.ts'
export type { CredentialsFile, CredentialsFileOptions } from './config/credentials-file.ts'
export type { FileClientOptions } from './config/file-client.ts'
export { HandleClient } from './handle/client.ts'
export type { HandleClientOptions } from './handle/client.ts'
export type { DeleteOptions } from './handle/delete.ts'
export type { ResolveOptions } from './handle/resolve-query.ts'
export type { ValueSelection } from './handle/selection.ts'
export { adminPermissions, decodePermissions, encodePermissions } from './handle/admin.ts'
export type { AdminData, AdminOptions, AdminPermission } from './handle/admin.ts'
export type { CallOptions } from './handle/api.ts'
export type { BulkOptions, BulkResult, BulkSource } from './handle/bulk.ts'
export type { BulkOperation } from './handle/bulk-operation.ts'
export type { CacheOptions } from './handle/cache.ts'
export type { CreateOptions, MintOptions } from './handle/create.ts'
export type { DataInput, HandleData, KeyData, SiteData } from './handle/data.ts'
export { defineRecord, many, optional } from './handle/define-record.ts'
export type {
  FieldSchema,
  ManyField,
  OptionalField,
  ParsedRecord,
  ProfileValues,
  RecordInput,
  RecordProfile,
  RecordShape,
} from './handle/define-record.ts'
export type { ValueInput, ValuePatch, ValuesInput } from './handle/draft.ts'
export type { EditOptions, RemoveOptions, SetOptions } from './handle/edits.ts'
export type { UnreadRecord } from './handle/administrators.ts'
export type {
  AdministeredRecord,
  AdminValue,
  HandleOperation,
  OperationExplanation,
  PermissionExplanation,
  Verdict,
} from './handle/explanation.ts'
export { string, url } from './handle/field-schemas.ts'
export type { Groups, MembersInput } from './handle/groups.ts'
export { publicKeyValue, secretKeyValue } from './handle/key-values.ts'
export type { KeyValueOptions } from './handle/key-values.ts'
export type { ExplainOptions } from './handle/permissions-of.ts'
export type { SchemaInput, SchemaIssue, SchemaOutput, SchemaResult, StandardSchema } from './handle/standard-schema.ts'
export type { TombstoneOptions } from './handle/tombstone.ts'
export { decodeValuePermissions, encodeValuePermissions } from './handle/value-permissions.ts'
export type { ValuePermissions } from './handle/value-permissions.ts'
export type { HandleListing, HandlePage, ListOptions } from './handle/listing.ts'
export type { ChooseLocationOptions } from './handle/locations-choose.ts'
export type { LocationsClient, LocationsOptions } from './handle/locations-client.ts'
export type { LocationInput } from './handle/locations-input.ts'
export type { HandleLocation, HandleLocationTemplate, HandleLocations } from './handle/locations.ts'
export { locationsXml } from './handle/locations-value.ts'
export type { LocationsDefaults } from './handle/locations-value.ts'
export { parseHandle, parseReference } from './handle/name.ts'
export type { HandleName, ValueReference } from './handle/name.ts'
export type { HandleRecord, HandleValue, TypeOptions } from './handle/record.ts'
export type { WriteResult } from './handle/result.ts'
export type { FoundRecord, HandleSearch, SearchOptions, SearchPage } from './handle/search.ts'
export type { FoundValue } from './handle/search-answer.ts'
export type { SearchServiceOptions } from './handle/search-service.ts'
export type { SearchTerm, SearchTerms } from './handle/search-terms.ts'
export { trustOnFirstUse } from './handle/trust-on-first-use.ts'
export type { TrustOnFirstUseOptions } from './handle/trust-on-first-use.ts'
export type { VerifiedIdentity } from './handle/verify.ts'
export type { PlannedRequest } from './handle/writer.ts'
