// Files with bytes that no editor shows.
using System.IO;
using System.Linq;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Configuration;

public class ConfigurationBytesTests
{
    private const string Valid = "frontend f\n  mode http\n  bind 127.0.0.1:1\n  timeout client 1s\n";

    private static string[] Diagnose(byte[] bytes)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes);
            var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
            loader.Load([file]);
            return
            [
                .. loader.Diagnostics.All.Select(d =>
                    $"{(d.Severity == Severity.Alert ? "error" : "other")} {d.Position.Line}: {d.Message}"
                ),
            ];
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_byte_order_mark_is_one_error() =>
        Assert.Equal(
            ["error 1: the file begins with a UTF-8 byte order mark, which is no part of the language: remove it."],
            Diagnose([0xEF, 0xBB, 0xBF, .. Encoding.ASCII.GetBytes(Valid)])
        );

    [Fact]
    public void A_NUL_is_an_error_where_it_stands() =>
        Assert.Equal(
            ["error 5: Stray NUL character at position 15."],
            Diagnose(Encoding.ASCII.GetBytes(Valid + "  http-request\0 deny\n  http-request deny\n"))
        );

    [Fact]
    public void Carriage_returns_and_bytes_that_are_no_UTF8_are_fine() =>
        Assert.Empty(
            Diagnose([
                .. Encoding.ASCII.GetBytes(Valid.Replace("\n", "\r\n") + "  http-request set-header x "),
                0xE9,
                0xFF,
                (byte)'\r',
                (byte)'\n',
            ])
        );

    [Fact]
    public void A_last_line_without_an_end_is_an_error() =>
        Assert.Equal(
            ["error 4: Missing LF on last line, file might have been truncated at position 20."],
            Diagnose(Encoding.ASCII.GetBytes(Valid.TrimEnd('\n')))
        );

    [Fact]
    public void Very_long_lines_and_many_words_are_read() =>
        Assert.Empty(
            Diagnose(
                Encoding.ASCII.GetBytes(
                    Valid
                        + "  http-request set-header x "
                        + new string('a', 100_000)
                        + "\n  acl many src"
                        + string.Concat(Enumerable.Repeat(" 1.2.3.4", 1000))
                        + "\n"
                )
            )
        );
}
