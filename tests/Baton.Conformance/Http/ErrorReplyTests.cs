// errorfile, errorloc, http-error, errorfiles, http-errors sections, and the answers of return, deny and tarpit; the same on
// haproxy. Each scenario asks one frontend for a path per case.
using System;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class ErrorReplyTests : Scenario
{
    private void WriteFile(string name, string text) => File.WriteAllText(Path.Combine(Directory, name), text);

    private (ProxyProcess Proxy, LogCollector Log) Proxy(Product product, string defaults, string frontend, string backends = "")
    {
        WriteFile("ten.http", "HTTP/1.0 503 Ten\r\nContent-Type: text/plain\r\nX-Mine:  yes\r\n\r\nten");
        WriteFile("lf.http", "HTTP/1.1 503 Lf\nConnection: close\nContent-Length: 3\n\nlf\n");
        WriteFile("404.http", "HTTP/1.1 404 Other\r\ncontent-length: 4\r\n\r\n0404");
        WriteFile("plain.txt", "plain");
        WriteFile("format.txt", "hello %[src] %[path]");
        LogCollector log = Keep(new LogCollector());
        OriginServer origin = HttpOrigin();
        return (
            Start(
                product,
                $$"""
                http-errors one
                    errorfile 503 ${dir}/ten.http
                    errorfile 404 ${dir}/404.http
                    errorfile 403 ${dir}/lf.http
                    errorfile 408 /dev/null

                """
                    + Defaults
                    + $$"""
                        timeout tarpit 50ms
                        {{defaults}}
                    frontend fe
                        bind 127.0.0.1:${p1}
                        log 127.0.0.1:{{log.Port}} format raw local0
                        log-format "%ST %ts %r"
                        {{frontend}}
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{origin.Port}}
                    {{backends}}
                    """
            ),
            log
        );
    }

    /// <summary>Status, the headers but the length's, and body of the answer to each path, each asked on a connection of its own.</summary>
    private string[] Ask(ProxyProcess proxy, params string[] paths) =>
        paths
            .Select(path =>
            {
                using RawClient client = RawClient.Tcp(proxy.Port());
                client.Send($"GET /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                string all = client.ReadTextToEnd();
                return string.Join(
                    "|",
                    all.Split("\r\n").Where(l => l.Length > 0 && !l.StartsWith("connection", StringComparison.OrdinalIgnoreCase))
                );
            })
            .ToArray();

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Error_files_are_sent_in_their_own_words(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "errorfile 429 ${dir}/ten.http\n    errorfile 403 /dev/null",
            "http-request deny deny_status 429 if { path /429 }\n    http-request deny if { path /403 }\n    errorfile 404 ${dir}/lf.http\n    http-request deny deny_status 404"
        );
        Assert.Equal(
            ["HTTP/1.0 503 Ten|content-type: text/plain|x-mine: yes|ten", "", "HTTP/1.1 503 Lf|content-length: 3|lf\n"],
            Ask(proxy, "429", "403", "404")
        );
        Assert.Equal("429 PR GET /429 HTTP/1.1", log.NextTraffic());
        Assert.Equal("403 PR GET /403 HTTP/1.1", log.NextTraffic());
        Assert.Equal("404 PR GET /404 HTTP/1.1", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_error_file_may_close_the_connection(Product product)
    {
        (ProxyProcess proxy, _) = Proxy(
            product,
            "errorfile 403 ${dir}/lf.http\n    errorfile 404 ${dir}/404.http",
            "http-request deny deny_status 404 if { path /404 }\n    http-request deny"
        );
        RawClient client = Connect(proxy);
        Assert.Equal("0404", client.Get("/404").Body);
        Response last = client.Get("/403");
        Assert.Equal("close", last["connection"]);
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Redirections_instead_of_errors(Product product)
    {
        (ProxyProcess proxy, _) = Proxy(
            product,
            "errorloc 403 /sorry\n    errorloc302 404 http://x/y",
            "errorloc303 429 /z\n    http-request deny deny_status 404 if { path /404 }\n    http-request deny deny_status 429 if { path /429 }\n    http-request deny"
        );
        Assert.Equal(
            [
                "HTTP/1.1 302 Found|cache-control: no-cache|content-length: 0|location: /sorry",
                "HTTP/1.1 302 Found|cache-control: no-cache|content-length: 0|location: http://x/y",
                "HTTP/1.1 303 See Other|cache-control: no-cache|content-length: 0|location: /z",
            ],
            Ask(proxy, "403", "404", "429")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_error_makes_an_answer_of_its_parts(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "http-error status 429 content-type text/plain lf-string \"slow %[src] %[path] %ST\" hdr x-a \"b %[path]\" hdr retry-after 5",
            """
            http-error status 413 hdr x-only header
                http-error status 405 content-type text/html file ${dir}/plain.txt
                http-error status 407 content-type text/html lf-file ${dir}/format.txt
                http-error status 421 errorfile ${dir}/lf.http
                http-request deny deny_status 429 if { path /429 }
                http-request deny deny_status 413 if { path /413 }
                http-request deny deny_status 405 if { path /405 }
                http-request deny deny_status 407 if { path /407 }
                http-request deny deny_status 421 if { path /421 }
            """
        );
        Assert.Equal(
            [
                "HTTP/1.1 429 Too Many Requests|x-a: b /429|retry-after: 5|content-length: 23|content-type: text/plain|slow 127.0.0.1 /429 429",
                "HTTP/1.1 413 Request Entity Too Large|x-only: header|content-length: 0",
                "HTTP/1.1 405 Method Not Allowed|content-length: 5|content-type: text/html|plain",
                "HTTP/1.1 407 Proxy Authentication Required|content-length: 20|content-type: text/html|hello 127.0.0.1 /407",
                "HTTP/1.1 503 Lf|content-length: 3|lf\n",
            ],
            Ask(proxy, "429", "413", "405", "407", "421")
        );
        Assert.Equal("429 PR GET /429 HTTP/1.1", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_backend_comes_before_the_frontend_and_that_before_the_built_in_page(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "http-error status 504 content-type text/plain string defaults",
            """
            http-error status 503 content-type text/plain string front
                http-error status 504 content-type text/plain string front504
                use_backend own if { path /own }
                use_backend none if { path /none }
                use_backend reset if { path /reset }
                use_backend silent if { path /silent }
                http-request deny deny_status 504 if { path /504 }
            """,
            """
            backend own
                http-error status 503 content-type text/plain string back
            backend none
            backend reset
                http-error status 503 content-type text/plain string back
                http-error status 503 default-errorfiles
            backend silent
                errorfile 503 /dev/null
            """
        );
        string[] bodies = Ask(proxy, "own", "none", "reset", "silent", "504").Select(a => a.Split('|')[^1]).ToArray();
        Assert.Equal(["back", "front", "front", "", "front504"], bodies);
        for (int i = 0; i < 3; i++)
            log.NextTraffic();
        Assert.Equal("503 SC GET /silent HTTP/1.1", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Sections_of_errors_are_imported_whole_or_in_part(Product product)
    {
        (ProxyProcess proxy, _) = Proxy(
            product,
            "",
            """
            errorfiles one
                errorfile 503 ${dir}/404.http
                http-request deny deny_status 404 if { path /404 }
                http-request deny deny_status 503 if { path /503 }
                http-request deny if { path /403 }
                http-request deny deny_status 500 if { path /500 }
            """,
            """
            listen l
                bind 127.0.0.1:${p2}
                errorfiles one 404
                http-error status 403 errorfiles one
                http-request deny deny_status 404 if { path /404 }
                http-request deny deny_status 503 if { path /503 }
                http-request deny
            """
        );
        string[] first = Ask(proxy, "404", "503", "403", "500");
        Assert.EndsWith("0404", first[0], StringComparison.Ordinal);
        Assert.EndsWith("0404", first[1], StringComparison.Ordinal);
        Assert.EndsWith("|lf\n", first[2], StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 500 Internal Server Error", first[3], StringComparison.Ordinal);
        RawClient second = Connect(proxy, 2);
        Assert.Equal("0404", second.Get("/404").Body);
        Assert.Contains("No server is available", second.Get("/503").Body, StringComparison.Ordinal);
        Assert.Equal("lf\n", second.Get("/403").Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rules_answer_in_every_form(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "errorfile 404 ${dir}/404.http",
            """
            http-request return if { path /plain }
                http-request return status 418 hdr x-path %[path] hdr x-none %[hdr(none)] if { path /418 }
                http-request return errorfile ${dir}/ten.http if { path /file }
                http-request return status 503 errorfiles one if { path /section }
                http-request return status 404 default-errorfiles if { path /default }
                http-request return content-type text/plain lf-file ${dir}/format.txt if { path /lffile }
                http-request return errorfile /dev/null if { path /silent }
                http-request deny status 418 content-type text/plain lf-string "no %[src]" hdr a b if { path /deny418 }
                http-request deny hdr a b if { path /denyhdr }
                http-request deny status 404 errorfiles one if { path /denysection }
                http-request deny deny_status 404 if { path /deny404 }
                http-request tarpit status 429 content-type text/plain string tar if { path /tarpit }
                http-request tarpit if { path /tarpit500 }
            """
        );
        Assert.Equal(
            [
                "HTTP/1.1 200 OK|content-length: 0",
                "HTTP/1.1 418 I'm a teapot|x-path: /418|content-length: 0",
                "HTTP/1.0 503 Ten|content-type: text/plain|x-mine: yes|ten",
                "HTTP/1.0 503 Ten|content-type: text/plain|x-mine: yes|ten",
                "HTTP/1.1 404 Other|content-length: 4|0404",
                "HTTP/1.1 200 OK|content-length: 23|content-type: text/plain|hello 127.0.0.1 /lffile",
                "",
                "HTTP/1.1 418 I'm a teapot|a: b|content-length: 12|content-type: text/plain|no 127.0.0.1",
                "HTTP/1.1 403 Forbidden|a: b|content-length: 0",
                "HTTP/1.1 404 Other|content-length: 4|0404",
                "HTTP/1.1 404 Other|content-length: 4|0404",
                "HTTP/1.1 429 Too Many Requests|content-length: 3|content-type: text/plain|tar",
            ],
            Ask(
                proxy,
                "plain",
                "418",
                "file",
                "section",
                "default",
                "lffile",
                "silent",
                "deny418",
                "denyhdr",
                "denysection",
                "deny404",
                "tarpit"
            )
        );
        Assert.Contains("An internal server error occurred", Ask(proxy, "tarpit500")[0], StringComparison.Ordinal);
        string[] states = Enumerable.Range(0, 13).Select(_ => log.NextTraffic()[..6]).ToArray();
        Assert.Equal(
            "200 LR,418 LR,200 LR,503 LR,404 LR,200 LR,200 LR,418 PR,403 PR,404 PR,404 PR,429 PT,500 PT",
            string.Join(",", states)
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Responses_are_replaced(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "",
            """
            http-request set-var(txn.path) path
                http-response return status 202 content-type text/plain lf-string "%[var(txn.path)] %[res.hdr(content-length)]." hdr x-a b if { var(txn.path) -m str /return }
                http-response deny status 418 content-type text/plain string tea if { var(txn.path) -m str /deny418 }
                http-response deny deny_status 429 if { var(txn.path) -m str /deny429 }
                http-response deny if { var(txn.path) -m str /deny }
                http-after-response set-header x-after %[status]
            """
        );
        string[] answers = Ask(proxy, "return", "deny418", "deny429", "deny");
        Assert.Equal("HTTP/1.1 202 Accepted|x-a: b|content-length: 9|content-type: text/plain|x-after: 202|/return .", answers[0]);
        Assert.Equal("HTTP/1.1 418 I'm a teapot|content-length: 3|content-type: text/plain|x-after: 418|tea", answers[1]);
        Assert.StartsWith("HTTP/1.1 429 Too Many Requests|", answers[2], StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 502 Bad Gateway|", answers[3], StringComparison.Ordinal);
        Assert.Equal("202 LH,418 PH,429 PH,502 PH", string.Join(",", Enumerable.Range(0, 4).Select(_ => log.NextTraffic()[..6])));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_that_cannot_be_read_gets_the_built_in_page_or_nothing(Product product)
    {
        (ProxyProcess proxy, _) = Proxy(
            product,
            "",
            "errorfile 400 ${dir}/ten.http",
            "listen l\n    bind 127.0.0.1:${p2}\n    errorfile 400 /dev/null"
        );
        Assert.Contains("Your browser sent an invalid request", Connect(proxy).Ask("BAD\r\n\r\n").Body, StringComparison.Ordinal);
        RawClient silent = Connect(proxy, 2);
        silent.Send("BAD\r\n\r\n");
        silent.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_400_given_by_a_rule_closes(Product product)
    {
        (ProxyProcess proxy, _) = Proxy(product, "", "http-request deny deny_status 400");
        RawClient client = Connect(proxy);
        Assert.Equal(
            "HTTP/1.1 400 Bad request\r\ncontent-length: 90\r\ncache-control: no-cache\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n",
            client.Get().Head
        );
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Files_near_the_size_of_a_buffer_arrive_whole(Product product)
    {
        string body = new('x', 15900);
        WriteFile("large.http", $"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        (ProxyProcess proxy, _) = Proxy(product, "", "http-request return errorfile ${dir}/large.http");
        RawClient client = Connect(proxy);
        for (int i = 0; i < 2; i++)
            Assert.Equal(body, client.Get().Body);
        Assert.Equal("", client.Ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").Body);
        Assert.Equal(body, client.Get().Body);
    }
}
