// The dump of "show errors": offsets, escapes, and where a line is cut. The texts are haproxy 2.6's for the same bytes.
using System.Text;
using Baton.Control.Cli;
using Xunit;

namespace Baton.UnitTests.Control.Cli;

public sealed class EscapedDumpTests
{
    private static string Dump(string bytes)
    {
        var text = new StringBuilder();
        EscapedDump.Append(text, Encoding.Latin1.GetBytes(bytes));
        return text.ToString();
    }

    [Fact]
    public void A_line_ends_behind_its_line_feed() =>
        Assert.Equal("  00000  POST / HTTP/1.1\\r\\n\n  00017  \\r\\n\n  00019  zz\n", Dump("POST / HTTP/1.1\r\n\r\nzz"));

    [Fact]
    public void What_is_not_printable_is_escaped() =>
        Assert.Equal("  00000  B:\\x01\\xFF\\ty\\\\z\\e\\x00\\x7F\"~\\r\\n\n", Dump("B:\x01\xFF\ty\\z\x1B\0\x7F\"~\r\n"));

    [Fact]
    public void A_long_line_goes_on_behind_a_plus()
    {
        string row = new('x', 70);
        Assert.Equal($"  00000  {row}\n  00070+ {row}\n  00140+ x\\r\\n\n  00143  y\n", Dump(new string('x', 141) + "\r\ny"));
        // an escape that does not fit goes to the next line as a whole
        Assert.Equal($"  00000  {row[..69]}\n  00069+ \\r\\n\n", Dump(row[..69] + "\r\n"));
        Assert.Equal($"  00000  {row[..68]}\\r\n  00069+ \\n\n", Dump(row[..68] + "\r\n"));
        Assert.Equal(
            $"  00000  {string.Concat(System.Linq.Enumerable.Repeat("\\xAA", 17))}\n  00017+ \\xAA\n",
            Dump(new string('\xAA', 18))
        );
    }

    [Fact]
    public void Nothing_is_nothing() => Assert.Equal("", Dump(""));
}
