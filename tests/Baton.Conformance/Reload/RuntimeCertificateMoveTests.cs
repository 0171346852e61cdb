// What an operator changed of TLS stays over a reload, unless the file is another one then.
using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class RuntimeCertificateMoveTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("baton-crt-").FullName;
    private readonly TestCertificates _certificates;

    public RuntimeCertificateMoveTests() => _certificates = new TestCertificates(_directory);

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static void Change(Reloadable proxy, string kind, string file, string payload)
    {
        proxy.Ask($"set ssl {kind} {file} <<\n{payload.TrimEnd('\n')}\n");
        Assert.EndsWith("Success!\n\n", proxy.Ask($"commit ssl {kind} {file}"), StringComparison.Ordinal);
    }

    private static string Shown(Reloadable proxy, string name)
    {
        using TlsClient client = TlsClient.Connect(proxy.Port, name);
        client.Get();
        return client.ShownName;
    }

    private static void Reload(Reloadable proxy) => Reloadable.WaitGone(proxy.Reload(), Patience.Ms);

    [Fact]
    public void A_change_stays_until_the_file_is_another_one()
    {
        string[] keys = [.. Enumerable.Range(0, 4).Select(_ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(80)))];
        using X509Certificate2 next = _certificates.Issue("next.example"),
            added = _certificates.Issue("added.example");
        string a = _certificates.Make("a.pem", "a.example"),
            b = _certificates.Make("b.pem", "b.example"),
            list = _certificates.Write("list", $"{a}\n{b}\n"),
            file = _certificates.Write("keys", string.Join('\n', keys[..3]) + "\n"),
            ca = _certificates.AuthorityFile;
        using var proxy = new Reloadable(
            $$"""
            frontend fe
                mode http
                bind 127.0.0.1:${port} ssl crt-list {{list}} tls-ticket-keys {{file}} ca-file {{ca}} verify optional
                http-request return status 200 content-type text/plain string hello
            """,
            global: "nbthread 2"
        );
        proxy.Reload();
        Change(proxy, "cert", a, TestCertificates.Text(next));
        proxy.Ask("new ssl cert added");
        Change(proxy, "cert", "added", TestCertificates.Text(added));
        Assert.EndsWith("Success!\n\n", proxy.Ask($"add ssl crt-list {list} added"), StringComparison.Ordinal);
        Assert.Contains("deleted", proxy.Ask($"del ssl crt-list {list} {b}"), StringComparison.Ordinal);
        Change(proxy, "ca-file", ca, _certificates.Authority.ExportCertificatePem() + "\n" + next.ExportCertificatePem());
        proxy.Ask($"set ssl tls-key #0 {keys[3]}");
        string[] questions =
        [
            $"show ssl cert {a}",
            "show ssl cert added",
            $"show ssl crt-list -n {list}",
            $"show ssl ca-file {ca}",
            "show tls-keys *",
        ];
        string[] before = [.. questions.Select(proxy.Ask)];
        Assert.Contains("next.example", before[0], StringComparison.Ordinal);
        Assert.Contains(keys[3], before[4], StringComparison.Ordinal);
        for (int i = 0; i < 2; i++)
        {
            Reload(proxy);
            Assert.Equal(before, questions.Select(proxy.Ask));
            string[] asked = ["a.example", "next.example", "added.example", "b.example"];
            Assert.Equal(["next.example", "next.example", "added.example", "next.example"], asked.Select(n => Shown(proxy, n)));
        }
        _certificates.Make("a.pem", "file.example");
        File.AppendAllText(list, "# another list\n");
        Reload(proxy);
        Assert.Equal(
            ["file.example", "file.example", "b.example"],
            new[] { "next.example", "added.example", "b.example" }.Select(n => Shown(proxy, n))
        );
        Assert.Equal(before[1].Replace("Status: Used", "Status: Unused", StringComparison.Ordinal), proxy.Ask("show ssl cert added"));
        Assert.Equal(before[4], proxy.Ask("show tls-keys *"));
    }
}
