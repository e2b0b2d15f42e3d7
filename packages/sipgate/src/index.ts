// Adding a name here makes it public.
export { SipgateClient } from './client.ts'
export type { SipgateClientOptions, SipgateRequestArguments, SipgateRequestOptions, SipgateResponse } from './client.ts'
export type { CallOptions } from './api.ts'
export type { ParameterName, PermittedEndpoint, SipgateEndpoint, SipgateMethod } from './endpoint.ts'
export { SipgateError, SipgateForbiddenError } from './errors.ts'
export type { ForbiddenMeaning, SipgateErrorCode, SipgateErrorOptions } from './errors.ts'
export { sipgateBasic, sipgateToken } from './presets.ts'
export type { SipgateBasicOptions, SipgateTokenOptions } from './presets.ts'
export { scopesFor } from './scopes.ts'
export type { KnownEndpoint } from './scopes.ts'
export { sipgateWebhookKeys } from './webhooks/keys.ts'
export type { SipgateWebhookKey } from './webhooks/keys.ts'
export { verifyWebhook } from './webhooks/verify.ts'
export type { WebhookDelivery, WebhookPublicKey } from './webhooks/verify.ts'
export type { SipgateAccount, SipgateBalance, SipgateProduct, SipgateUserinfo } from './resources/account.ts'
export type {
  SipgateCall,
  SipgateCalls,
  SipgateNeoCall,
  SipgateNewCall,
  SipgateParticipant,
  SipgateRecording,
  SipgateTransfer,
} from './resources/calls.ts'
export type {
  SipgateContact,
  SipgateContactAddress,
  SipgateContactEmail,
  SipgateContactFilter,
  SipgateContactInput,
  SipgateContactNumber,
  SipgateContactPage,
  SipgateContacts,
} from './resources/contacts.ts'
export type { SipgateDevice, SipgateDevices, SipgateRouting } from './resources/devices.ts'
export type { SipgateGroup, SipgateGroupMember, SipgateGroups } from './resources/groups.ts'
export type {
  SipgateDirection,
  SipgateHistoryEntry,
  SipgateHistoryPage,
  SipgateHistoryType,
  SipgateRoutedEndpoint,
} from './resources/history-entry.ts'
export type {
  SipgateHistory,
  SipgateHistoryChange,
  SipgateHistoryChangeOf,
  SipgateHistoryFilter,
  SipgatePaging,
} from './resources/history.ts'
export type { SipgateNumber, SipgateNumbers, SipgateNumberSettings } from './resources/numbers.ts'
export type { SipgateSms, SipgateSmsCallerId, SipgateSmsExtension, SipgateSmsMessage } from './resources/sms.ts'
export type { SipgateUser, SipgateUsers } from './resources/users.ts'
export type {
  SipgateWebhookDelivery,
  SipgateWebhookInput,
  SipgateWebhookSettings,
  SipgateWebhooks,
} from './resources/webhook-settings.ts'
