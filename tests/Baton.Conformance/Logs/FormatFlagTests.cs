// What %{+Q}, %{+M} and %{+E} do to aliases and samples, which depends on where the text goes; the same on haproxy.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Logs;

public sealed class FormatFlagTests : Scenario
{
    private const string Format =
        "a%[var(txn.none)]b%{+M}[var(txn.none)]c%{-M}[var(txn.none)]d%{+Q}[var(txn.none)]e%{+Q,-M}[var(txn.none)]f%{+Q}[var(txn.host)]g%{+Q,-Q}[var(txn.host)]"
        + "|%{+M}CC|%CC|%{-M}CC|%{+Q}CC|%{+M}si|%sp|%{-M}bi|%{+Q}bp|%{+M}sslv|%{-M}sslc|%{+Q}ci|%{+M}HQ|%HQ|%{+E}[var(txn.x)]|%{-M}o%CC|%[var(txn.none)]|%{+M}o%CC|%[var(txn.none)]";

    private const string LogLine = "a-b-cd\"\"e\"\"f\"example.test\"gexample.test|-|-||\"\"|-|-||\"\"|-||\"127.0.0.1\"|||q\\\"z|||-|-";
    private const string Message = "abcdefexample.testgexample.test|-|||\"\"|-|||\"\"|-||\"127.0.0.1\"|||q\\\"z|||-|";
    private const string Variable = "ab-cd\"\"e\"\"f\"example.test\"gexample.test|-|||\"\"|-|||\"\"|-||\"127.0.0.1\"|||q\\\"z|||-|-";

    [Theory]
    [InlineData("log-format \"FORMAT\"", LogLine)]
    [InlineData("log-format-sd \"FORMAT\"\n    log-format -", LogLine)]
    [InlineData("unique-id-format FORMAT\n    log-format %[unique-id]", Message)]
    [InlineData("http-request set-header x-f \"FORMAT\"\n    http-request set-var(txn.f) hdr(x-f)\n    log-format %[var(txn.f)]", Message)]
    [InlineData("http-request set-var-fmt(txn.f) \"FORMAT\"\n    log-format %[var(txn.f)]", Variable)]
    [InlineData("http-request return status 200 content-type text/plain lf-string \"FORMAT\"", Message)]
    [InlineData("http-request return status 200 hdr x-f \"FORMAT\"", Message)]
    [InlineData("http-request redirect location \"FORMAT\"", Message)]
    public void Flags_do_what_the_place_of_the_text_lets_them(string rules, string expected)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            ProxyProcess proxy = Start(
                product,
                Defaults.Replace("nbthread 1", "nbthread 1\n    log stdout format rfc5424 local0", StringComparison.Ordinal)
                    + $"""
                    frontend fe
                        bind 127.0.0.1:$p1
                        log global
                        capture cookie zz len 5
                        http-request set-var(txn.host) hdr(host)
                        http-request set-var(txn.x) hdr(x)
                        {rules.Replace("FORMAT", Format, StringComparison.Ordinal)}
                        http-request return status 200
                    """.Replace("$p1", "${p1}", StringComparison.Ordinal)
            );
            Response response = Connect(proxy).Get("/a", "X: q\"z\r\n");
            string text = response["x-f"] ?? response["location"] ?? response.Body;
            if (text.Length == 0)
            {
                Eventually(() => proxy.OutputLines.Length == 1, "a log line");
                text = proxy.OutputLines[0];
                // behind the header of the line; structured data have the message behind them
                Assert.Contains($" {expected} ", text + " ", StringComparison.Ordinal);
            }
            else
                Assert.Equal(expected, text);
        }
    }
}
