// Which responses a shared cache may keep, and which of those would hand a cookie to others.
using Baton.Http.H1;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using Xunit;

namespace Baton.UnitTests.Http.Messages;

public sealed unsafe class CacheabilityTests
{
    private static (bool MayBeKept, bool LeaksCookie) Judge(HttpMethod method, int status, string fields)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1($"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n{fields}\r\n"));
        var head = new MessageHead();
        Assert.Equal(ParseStatus.Complete, new HeadParser(head).ParseResponse(bytes.Pointer, bytes.Length, method, default));
        return (Cacheability.IsCacheable(method, head), Cacheability.LeaksCookie(method, head));
    }

    [Theory]
    [InlineData(200, "ETag: \"a\"\r\n", true)]
    [InlineData(200, "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT\r\n", true)]
    [InlineData(200, "Expires: 0\r\n", true)]
    [InlineData(200, "Cache-Control: max-age=60\r\n", true)]
    [InlineData(200, "Cache-Control: public, s-maxage=60\r\n", true)]
    [InlineData(200, "", false)]
    [InlineData(200, "Cache-Control: max-age=0\r\nETag: \"a\"\r\n", false)]
    [InlineData(200, "Cache-Control: Private\r\nETag: \"a\"\r\n", false)]
    [InlineData(200, "Cache-Control: no-store\r\nETag: \"a\"\r\n", false)]
    [InlineData(200, "Pragma: no-cache\r\nETag: \"a\"\r\n", false)]
    [InlineData(302, "ETag: \"a\"\r\n", false)]
    [InlineData(404, "ETag: \"a\"\r\n", true)]
    public void A_lifetime_or_a_validator_and_nothing_against_it(int status, string fields, bool kept) =>
        Assert.Equal(kept, Judge(HttpMethod.Get, status, fields).MayBeKept);

    [Theory]
    [InlineData(HttpMethod.Get, true)]
    [InlineData(HttpMethod.Head, true)]
    [InlineData(HttpMethod.Options, true)]
    [InlineData(HttpMethod.Post, false)]
    public void Only_safe_methods(HttpMethod method, bool kept) => Assert.Equal(kept, Judge(method, 200, "ETag: \"a\"\r\n").MayBeKept);

    [Theory]
    [InlineData("ETag: \"a\"\r\nSet-Cookie: a=1\r\n", true)]
    [InlineData("ETag: \"a\"\r\nSet-Cookie2: a=1\r\n", true)]
    [InlineData("Set-Cookie: a=1\r\n", false)]
    [InlineData("ETag: \"a\"\r\n", false)]
    [InlineData("ETag: \"a\"\r\nCache-Control: no-cache=\"set-cookie\"\r\nSet-Cookie: a=1\r\n", false)]
    public void A_cookie_in_what_is_kept_leaks(string fields, bool leaks) =>
        Assert.Equal(leaks, Judge(HttpMethod.Get, 200, fields).LeaksCookie);
}
