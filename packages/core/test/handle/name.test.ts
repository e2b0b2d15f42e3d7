import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError, parseHandle, parseReference } from '@handlekit/core'

describe('parseHandle', () => {
  it.each([
    ['21.T12345/abc', '21.T12345/abc'],
    ['hdl:21.T/x', '21.T/x'],
    ['HDL:21.T/x', '21.T/x'],
    ['doi:10.1000/182', '10.1000/182'],
    ['info:hdl/21.T/x', '21.T/x'],
    ['info:doi/10.1/x', '10.1/x'],
    ['https://hdl.handle.net/21.T/x', '21.T/x'],
    ['http://hdl.handle.net/21.T/x', '21.T/x'],
    ['https://hdl.handle.net/api/handles/21.T/x', '21.T/x'],
    ['https://doi.org/api/handles/10.1%2Fx', '10.1/x'],
    ['https://doi.org/10.1000/182', '10.1000/182'],
    ['https://dx.doi.org/10.1000/182', '10.1000/182'],
    ['https://hdl.handle.net/21.T/a%20b%3Fc%23d%25', '21.T/a b?c#d%'],
    ['https://hdl.handle.net/21.T/a%2Fb', '21.T/a/b'],
    ['https://hdl.handle.net/21.T/x/../y', '21.T/x/../y'],
    ['0.NA/21.T12345', '0.NA/21.T12345'],
    // A character class once cut these to '.test/x' and '/abc'.
    ['did.test/x', 'did.test/x'],
    ['hdl/abc', 'hdl/abc'],
    ['doi/abc', 'doi/abc'],
    ['21.T/hdl:x', '21.T/hdl:x'],
    ['21.T/300:x', '21.T/300:x'],
    ['21.T/https://example.org/?a=b#c', '21.T/https://example.org/?a=b#c'],
    ['21.T/%41', '21.T/%41'],
    ['foo/ ', 'foo/ '],
    ['foo/bar/', 'foo/bar/'],
    ['foo//x', 'foo//x'],
  ])('reads %j as %j', (text, name) => {
    expect(parseHandle(text).name).toBe(name)
  })

  it('gives prefix and suffix, cut at the first slash', () => {
    expect(parseHandle('hdl:21.T12345/a/b')).toEqual({ name: '21.T12345/a/b', prefix: '21.T12345', suffix: 'a/b' })
  })

  it.each([
    ['foobar', 'no slash'],
    ['', 'no slash'],
    ['/bar', 'no prefix'],
    ['foo/', 'no suffix'],
    ['hdl:', 'no slash'],
    ['300:foo/bar', 'the value 300 of the handle foo/bar'],
    ['ftp://example.org/21.T/x', 'colon'],
    ['https://example.org/21.T/x', 'colon'],
    [' 21.T/x', 'blank'],
    ['21.T\n/x', 'blank'],
    ['https://hdl.handle.net/21.T/x?noredirect', '%3F'],
    ['https://hdl.handle.net/21.T/x#top', '%23'],
    ['https://hdl.handle.net/21.T/%zz', 'percent-encoding'],
    ['21.T/\ud800', 'Unicode'],
  ])('refuses %j: %s', (text, why) => {
    expect(() => parseHandle(text)).toThrow(why)
    expect(() => parseHandle(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_HANDLE', name: 'InvalidArgumentError' }),
    )
    expect(() => parseHandle(text)).toThrow(TypeError)
  })

  it('refuses what is no string', () => {
    // @ts-expect-error: for those who write JavaScript
    expect(() => parseHandle(undefined)).toThrow(InvalidArgumentError)
  })

  it('takes every suffix as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (suffix) => {
        expect(parseHandle(`21.T/${suffix}`)).toEqual({ name: `21.T/${suffix}`, prefix: '21.T', suffix })
        expect(parseHandle(`hdl:21.T/${suffix}`).suffix).toBe(suffix)
        expect(parseHandle(`https://hdl.handle.net/21.T/${encodeURIComponent(suffix)}`).suffix).toBe(suffix)
      }),
    )
  })
})

describe('parseReference', () => {
  it.each([
    ['300:21.T12345/USER01', { index: 300, handle: '21.T12345/USER01' }],
    ['21.T12345/USER01', { index: 0, handle: '21.T12345/USER01' }],
    ['200:0.NA/21.T12345', { index: 200, handle: '0.NA/21.T12345' }],
    ['300:21.T/a:b', { index: 300, handle: '21.T/a:b' }],
  ])('reads %j', (text, reference) => {
    expect(parseReference(text)).toEqual(reference)
    expect(parseReference(reference)).toEqual(reference)
  })

  it.each(['nonumber:foo/bar', '-3:foo/bar', ' 3 :foo/bar', '300', 'onlyindex:', 'too:many:colons', '100:100:foo/bar'])(
    'refuses %j',
    (text) => {
      expect(() => parseReference(text)).toThrow(InvalidArgumentError)
    },
  )

  it('refuses an index that does not fit into the Handle System', () => {
    expect(() => parseReference('2147483648:foo/bar')).toThrow(expect.objectContaining({ code: 'INVALID_INDEX' }))
  })
})
