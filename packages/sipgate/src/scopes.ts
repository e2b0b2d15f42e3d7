/**
 * What each endpoint asks of a token, by its scopes, the narrowest first. One of them is enough, and `all` always is;
 * with an empty text any token will do, and `internal` is for sipgate's own apps.
 *
 * From sipgate's API description of July 2022; the neo endpoints at the end from its help pages of September 2025.
 */
const endpointScopes = {
  // blacklist
  'GET /blacklist/incoming': 'blacklist:read',
  'POST /blacklist/incoming': 'blacklist:write',
  'DELETE /blacklist/incoming/{phoneNumber}': 'blacklist:write',

  // autorecording
  'GET /autorecordings/greetings': 'autorecording:greeting:read',
  'POST /autorecordings/greetings': 'autorecording:greeting:write',
  'DELETE /autorecordings/greetings/{greetingId}': 'autorecording:greeting:write',
  'GET /autorecordings/{extension}/settings': 'devices:read',
  'PUT /autorecordings/{extension}/settings': 'devices:read',

  // rtcm
  'GET /calls': 'rtcm:read',
  'PUT /calls/{callId}/muted': 'rtcm:write',
  'PUT /calls/{callId}/recording': 'rtcm:write',
  'POST /calls/{callId}/announcements': 'rtcm:write',
  'POST /calls/{callId}/transfer': 'rtcm:write',
  'DELETE /calls/{callId}': 'rtcm:write',
  'POST /calls/{callId}/dtmf': 'rtcm:write',
  'PUT /calls/{callId}/hold': 'rtcm:write',

  // restrictions
  'GET /restrictions': 'internal',

  // urls
  'GET /': '',

  // account
  'GET /account': 'account:read',
  'PUT /account/verified': 'account:write',
  'GET /balance': 'balance:read',

  // addresses
  'GET /addresses': 'addresses:read',
  'GET /addresses/itemCount': 'addresses:read',
  'GET /addresses/{addressId}': 'addresses:read',
  'PUT /addresses/{addressId}': 'addresses:write',
  'GET /addresses/{addressId}/numbers': 'numbers:read',

  // app
  'GET /app/events': 'internal',
  'DELETE /app/events/{id}': 'internal',
  'GET /app/links': '',
  'GET /app/properties': 'internal',
  'GET /app/tacs': 'internal',
  'GET /app/users': 'internal',
  'GET /translations/{language}': '',

  // authorization
  'GET /authorization/userinfo': '',
  'POST /passwordreset': '',
  'POST /passwordreset/{nonce}': '',
  'GET /authorization/oauth2/clients': 'authorization:oauth2:clients:read',
  'POST /authorization/oauth2/clients': 'authorization:oauth2:clients:write',
  'GET /authorization/oauth2/clients/{clientId}': 'authorization:oauth2:clients:read',
  'PUT /authorization/oauth2/clients/{clientId}': 'authorization:oauth2:clients:write',
  'DELETE /authorization/oauth2/clients/{clientId}': 'authorization:oauth2:clients:write',
  'GET /authorization/oauth2/clients/{clientId}/gdpr': '',

  // callrestrictions
  'GET /callrestrictions': 'callrestrictions:read',
  'POST /{userId}/callrestrictions/{restriction}': 'callrestrictions:write',

  // contacts
  'GET /contacts/internal': 'contacts:read',
  'GET /contacts': 'contacts:read',
  'POST /contacts': 'contacts:write',
  'DELETE /contacts': 'contacts:write',
  'POST /contacts/import/csv': 'contacts:write',
  'POST /contacts/import/google': 'contacts:write',
  'PUT /contacts/{contactId}': 'contacts:write',
  'DELETE /contacts/{contactId}': 'contacts:write',

  // devices
  'GET /devices/{deviceId}': 'devices:read',
  'PUT /devices/{deviceId}': 'devices:write',
  'DELETE /devices/{deviceId}': 'devices:write',
  'PUT /devices/{deviceId}/alias': 'devices:write',
  'GET /devices/{deviceId}/callerid': 'devices:callerid:read devices:read',
  'PUT /devices/{deviceId}/callerid': 'devices:callerid:write devices:write',
  'POST /devices/{deviceId}/credentials/password': 'devices:write',
  'PUT /devices/{deviceId}/external/incomingcalldisplay': 'devices:write',
  'PUT /devices/{deviceId}/external/targetnumber': 'devices:write',
  'GET /devices/{deviceId}/localprefix': 'devices:localprefix:read devices:read',
  'PUT /devices/{deviceId}/localprefix': 'devices:localprefix:write devices:write',
  'GET /devices/{deviceId}/singlerowdisplay': 'devices:singlerowdisplay:read devices:read',
  'PUT /devices/{deviceId}/singlerowdisplay': 'devices:singlerowdisplay:write devices:write',
  'GET /devices/{deviceId}/tariffannouncement': 'devices:tariffannouncement:read devices:read',
  'PUT /devices/{deviceId}/tariffannouncement': 'devices:tariffannouncement:write devices:write',
  'GET /{userId}/devices': 'devices:read',
  'POST /{userId}/devices': 'devices:write',
  'POST /{userId}/devices/external': 'devices:write',
  'POST /{userId}/devices/mobile': 'devices:write',
  'POST /{userId}/devices/register': 'devices:write',
  'GET /{userId}/devices/{deviceId}/contingents': 'devices:read',
  'POST /{userId}/devices/{deviceId}/sim': 'devices:sim:write devices:write',
  'DELETE /{userId}/devices/{deviceId}/sim': 'devices:sim:write devices:write',
  'POST /{userId}/devices/{deviceId}/sim/orders': 'devices:sims:orders:write devices:sim:write devices:write',

  // groups
  'GET /groupfaxlines': 'groups:faxlines:read groups:read',
  'GET /groupfaxlines/{faxlineId}/callerid': 'groups:faxlines:read groups:read',
  'GET /groupfaxlines/{faxlineId}/numbers': 'groups:faxlines:read groups:read',
  'GET /groups': 'groups:read',
  'GET /groups/{groupId}': 'groups:read',
  'POST /groups/{groupId}/devices': 'groups:devices:write',
  'DELETE /groups/{groupId}/devices/{deviceId}': 'groups:devices:write',
  'GET /groups/{groupId}/faxlines': 'groups:faxlines:read groups:read',
  'GET /groups/{groupId}/numbers': 'groups:numbers:read groups:read',
  'GET /groups/{groupId}/users': 'groups:users:read groups:read',
  'GET /groups/{groupId}/voicemail': 'groups:voicemails:read groups:read',

  // history
  'GET /history': 'history:read',
  'PUT /history': 'history:write',
  'DELETE /history': 'history:write',
  'GET /history/export': 'history:read',
  'GET /history/{entryId}': 'history:read',
  'PUT /history/{entryId}': 'history:write',
  'DELETE /history/{entryId}': 'history:write',
  'PUT /history/{entryId}/archive': 'history:write',
  'PUT /history/{entryId}/note': 'history:write',
  'PUT /history/{entryId}/read': 'history:write',

  // log
  'GET /log/webhooks': 'log:webhooks:read',

  // numbers
  'GET /numbers': 'numbers:read',
  'POST /numbers/quickdial': 'numbers:write',
  'GET /numbers/quickdial/validation/{quickDialNumber}': 'numbers:read',
  'DELETE /numbers/quickdial/{numberId}': 'numbers:write',
  'PUT /numbers/quickdial/{numberId}': 'numbers:write',
  'PUT /numbers/{numberId}': 'numbers:write',
  'GET /{userId}/numbers': 'numbers:read',

  // portings
  'GET /portings': 'portings:read',
  'GET /portings/{portingId}': 'portings:read',
  'DELETE /portings/{portingId}': 'portings:write',

  // sessions
  'POST /sessions/calls': 'sessions:calls:write sessions:write',
  'POST /sessions/fax': 'sessions:fax:write sessions:write',
  'POST /sessions/fax/resend': 'sessions:fax:write sessions:write',
  'POST /sessions/ivr/recording': 'sessions:calls:write sessions:write',
  'POST /sessions/sms': 'sessions:sms:write sessions:write',
  'POST /sessions/voicemail/play': 'sessions:calls:write sessions:write',
  'POST /sessions/voicemail/recording': 'sessions:calls:write sessions:write',

  // settings
  'GET /settings/sipgateio': 'settings:sipgateio:read settings:read',
  'PUT /settings/sipgateio': 'settings:sipgateio:write settings:write',

  // users
  'GET /users': 'users:read',
  'GET /users/{userId}': 'users:read',
  'DELETE /users/{userId}': 'users:write',
  'PUT /users/{userId}/busyonbusy': 'users:busyonbusy:write',
  'PUT /users/{userId}/defaultdevice': 'users:defaultdevice:write users:read',
  'PUT /users/{userId}/location': 'users:write',
  'PUT /users/{userId}/role': 'users:role:write',

  // voicemails
  'GET /voicemails': 'voicemails:read',
  'GET /voicemails/{voicemailId}': 'voicemails:read',

  // faxlines
  'GET /{userId}/faxlines': 'faxlines:read',
  'POST /{userId}/faxlines': 'faxlines:write',
  'PUT /{userId}/faxlines/{faxlineId}': 'faxlines:write',
  'DELETE /{userId}/faxlines/{faxlineId}': 'faxlines:write',
  'GET /{userId}/faxlines/{faxlineId}/callerid': 'faxlines:read',
  'PUT /{userId}/faxlines/{faxlineId}/callerid': 'faxlines:write',
  'GET /{userId}/faxlines/{faxlineId}/numbers': 'faxlines:numbers:read faxlines:read',
  'PUT /{userId}/faxlines/{faxlineId}/tagline': 'faxlines:write',

  // notifications
  'GET /{userId}/notifications': 'notifications:read',
  'POST /{userId}/notifications/call/email': 'notifications:write',
  'POST /{userId}/notifications/call/sms': 'notifications:write',
  'POST /{userId}/notifications/fax/email': 'notifications:write',
  'POST /{userId}/notifications/fax/report': 'notifications:write',
  'POST /{userId}/notifications/fax/sms': 'notifications:write',
  'POST /{userId}/notifications/sms/email': 'notifications:write',
  'POST /{userId}/notifications/voicemail/email': 'notifications:write',
  'POST /{userId}/notifications/voicemail/sms': 'notifications:write',
  'DELETE /{userId}/notifications/{notificationId}': 'notifications:write',

  // phonelines
  'GET /{userId}/phonelines': 'phonelines:read',
  'POST /{userId}/phonelines': 'phonelines:write',
  'GET /{userId}/phonelines/{phonelineId}': 'phonelines:read',
  'PUT /{userId}/phonelines/{phonelineId}': 'phonelines:write',
  'DELETE /{userId}/phonelines/{phonelineId}': 'phonelines:write',
  'GET /{userId}/phonelines/{phonelineId}/blockanonymous': 'phonelines:blockanonymous:read',
  'PUT /{userId}/phonelines/{phonelineId}/blockanonymous': 'phonelines:blockanonymous:write',
  'GET /{userId}/phonelines/{phonelineId}/devices': 'phonelines:devices:read phonelines:read',
  'POST /{userId}/phonelines/{phonelineId}/devices': 'phonelines:devices:write',
  'DELETE /{userId}/phonelines/{phonelineId}/devices/{deviceId}': 'phonelines:devices:write',
  'GET /{userId}/phonelines/{phonelineId}/forwardings': 'phonelines:forwardings:read phonelines:read',
  'PUT /{userId}/phonelines/{phonelineId}/forwardings': 'phonelines:forwardings:write phonelines:write',
  'GET /{userId}/phonelines/{phonelineId}/numbers': 'phonelines:numbers:read phonelines:read',
  'GET /{userId}/phonelines/{phonelineId}/parallelforwardings': 'phonelines:parallelforwardings:read phonelines:read',
  'POST /{userId}/phonelines/{phonelineId}/parallelforwardings':
    'phonelines:parallelforwardings:write phonelines:write',
  'PUT /{userId}/phonelines/{phonelineId}/parallelforwardings/{parallelForwardingId}':
    'phonelines:parallelforwardings:write phonelines:write',
  'DELETE /{userId}/phonelines/{phonelineId}/parallelforwardings/{parallelForwardingId}':
    'phonelines:parallelforwardings:write phonelines:write',
  'GET /{userId}/phonelines/{phonelineId}/sipgateio': 'phonelines:sipgateio:read phonelines:read',
  'PUT /{userId}/phonelines/{phonelineId}/sipgateio': 'phonelines:sipgateio:write phonelines:write',
  'GET /{userId}/phonelines/{phonelineId}/sipgateio/log': 'phonelines:sipgateio:log:read phonelines:read',
  'GET /{userId}/phonelines/{phonelineId}/voicemails': 'phonelines:voicemails:read phonelines:read',
  'PUT /{userId}/phonelines/{phonelineId}/voicemails/{voicemailId}': 'phonelines:voicemails:write phonelines:write',
  'GET /{userId}/phonelines/{phonelineId}/voicemails/{voicemailId}/greetings':
    'phonelines:voicemails:greetings:read phonelines:voicemails:read phonelines:read',
  'POST /{userId}/phonelines/{phonelineId}/voicemails/{voicemailId}/greetings':
    'phonelines:voicemails:greetings:write phonelines:voicemails:write phonelines:write',
  'PUT /{userId}/phonelines/{phonelineId}/voicemails/{voicemailId}/greetings/{greetingId}':
    'phonelines:voicemails:greetings:write phonelines:voicemails:write phonelines:write',
  'DELETE /{userId}/phonelines/{phonelineId}/voicemails/{voicemailId}/greetings/{greetingId}':
    'phonelines:voicemails:greetings:write phonelines:voicemails:write phonelines:write',
  'PUT /{userId}/phonelines/{phonelineId}/voicemails/{voicemailId}/transcriptions':
    'phonelines:voicemails:write phonelines:write',

  // sms
  'GET /{userId}/sms': 'sms:read',
  'PUT /{userId}/sms/{smsId}': 'sms:write',
  'GET /{userId}/sms/{smsId}/callerids': 'sms:callerid:read sms:read',
  'POST /{userId}/sms/{smsId}/callerids': 'sms:callerid:write sms:write',
  'PUT /{userId}/sms/{smsId}/callerids/{callerId}': 'sms:callerid:write sms:write',
  'DELETE /{userId}/sms/{smsId}/callerids/{callerId}': 'sms:callerid:write sms:write',
  'POST /{userId}/sms/{smsId}/callerids/{callerId}/verification': 'sms:callerid:write sms:write',

  // identityVerification
  'GET /identityVerification': 'internal',
  // sipgate neo
  'POST /calls': 'rtcm:write',
  'GET /channels': 'channels:read',
  'GET /channels/{channelId}/events': 'channels:read',
} as const

/** An endpoint in the table: method, blank, path with its parameters in braces. */
export type KnownEndpoint = keyof typeof endpointScopes

const scopesOf: ReadonlyMap<string, string> = new Map(Object.entries(endpointScopes))

/**
 * The scopes of which a token needs one, `all` aside, the narrowest first: `['sessions:sms:write', 'sessions:write']`.
 * Empty where any token will do. Undefined for an endpoint that the table does not have.
 */
export function scopesFor(endpoint: string): readonly string[] | undefined {
  return scopesOf.get(endpoint)?.split(' ').filter(Boolean)
}
