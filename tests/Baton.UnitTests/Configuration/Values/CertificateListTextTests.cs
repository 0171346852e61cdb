// Lines of a crt-list. What is right and wrong was seen with haproxy 2.6.
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Xunit;

namespace Baton.UnitTests.Configuration.Values;

public sealed class CertificateListTextTests
{
    private static readonly TlsGlobalConfig Global = new() { CrtBase = "/certs" };

    [Fact]
    public void A_line_has_a_file_options_and_names()
    {
        const string text =
            "# comment\n\n  a.pem\nb.pem [alpn h2,http/1.1 ssl-min-ver TLSv1.3 verify optional] *.b !x.b # more\n/c.pem c d\n";
        var entries = CertificateListText.Read(text, "list", Global, out string error);
        Assert.NotNull(entries);
        Assert.Equal("", error);
        Assert.Equal(["/certs/a.pem", "/certs/b.pem", "/c.pem"], entries.ConvertAll(e => e.File.Name));
        Assert.Equal([3, 4, 5], entries.ConvertAll(e => e.Line));
        Assert.Equal(["*.b", "!x.b"], entries[1].Filters);
        Assert.Equal("\u0002h2\u0008http/1.1"u8.ToArray(), entries[1].Alpn);
        Assert.Equal(TlsVersion.Tls13, entries[1].MinVersion);
        Assert.Equal(TlsVerify.Optional, entries[1].Verify);
        Assert.Equal(TlsVerify.Unset, entries[0].Verify);
        Assert.Equal(["c", "d"], entries[2].Filters);
    }

    [Theory]
    [InlineData("a.pem [foo]", "parsing [list:1]: unknown ssl keyword foo")]
    [InlineData("\na.pem [strict-sni]", "parsing [list:2]: unknown ssl keyword strict-sni")]
    [InlineData("a.pem [verify]", "parsing [list:1]: ssl args out of '[]' for verify")]
    [InlineData("a.pem [alpn h2] [alpn x]", "parsing [list:1]: filters can't be between filename and options")]
    [InlineData("a.pem [alpn h2] ]", "parsing [list:1]: too many ']'")]
    [InlineData(
        "a.pem [verify maybe]",
        "parsing [list:1]: 'verify' : unknown verify method 'maybe', only 'none', 'optional', and 'required' are supported"
    )]
    public void A_wrong_line_is_named(string text, string expected)
    {
        Assert.Null(CertificateListText.Read(text, "list", Global, out string error));
        Assert.Equal(expected, error);
    }
}
