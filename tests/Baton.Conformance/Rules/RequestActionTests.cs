// normalize-uri, early-hint, set-priority-class and -offset, wait-for-handshake; the same on haproxy.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class RequestActionTests : Scenario
{
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Uris_are_brought_into_a_normal_form(Product product)
    {
        (string Normalizer, string Target, string Expected)[] cases =
        [
            ("path-merge-slashes", "/a//b///c?d//e", "/a/b/c?d//e"),
            ("path-strip-dot", "/a/./b/.?x/./y", "/a/b/?x/./y"),
            ("path-strip-dotdot", "/a/../../b", "/../b"),
            ("path-strip-dotdot full", "/a/../../b", "/b"),
            ("percent-decode-unreserved", "/%61?%7e=%2F%", "/a?~=%2F%"),
            ("percent-decode-unreserved strict", "/%61?%", "400"),
            ("percent-to-uppercase", "/%6f?%fa%zz", "/%6F?%FA%zz"),
            ("percent-to-uppercase strict", "/%6f?%fa%zz", "400"),
            ("query-sort-by-name", "/?c=3&a=1&b=2&a=0", "/?a=1&a=0&b=2&c=3"),
            ("fragment-strip", "/a?b", "/a?b"),
            ("fragment-encode", "/a?b", "/a?b"),
            ("path-merge-slashes", "http://h//a//b", "http://h/a/b"),
        ];
        string backends = string.Join(
            "\n",
            cases.Select(
                (c, i) =>
                    $"backend b{i}\n    http-request normalize-uri {c.Normalizer}\n    http-request return status 200 hdr x-url %[url]"
            )
        );
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 1
                expose-experimental-directives
            defaults
                mode http
                timeout client 60s
                timeout connect 5s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                use_backend %[req.hdr(x-case)]
            {{backends}}
            """
        );
        for (int i = 0; i < cases.Length; i++)
        {
            Response r = Connect(proxy).Ask($"GET {cases[i].Target} HTTP/1.1\r\nHost: h\r\nX-Case: b{i}\r\n\r\n");
            Assert.Equal(
                cases[i].Expected,
                r.Status == 200 ? r["x-url"] : r.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)
            );
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Experimental_actions_have_to_be_allowed(Product product)
    {
        string file = Path.Combine(Directory, "experimental.cfg");
        File.WriteAllText(file, Defaults + "frontend f\n    bind 127.0.0.1:9\n    http-request normalize-uri path-strip-dot\n");
        (int status, string output) = Run(Products.Path(product), "-c", "-f", file);
        Assert.Equal(1, status);
        Assert.Contains(
            "'normalize-uri' action is experimental, must be allowed via a global 'expose-experimental-directives'",
            output,
            StringComparison.Ordinal
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Hints_go_out_before_the_answer(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + """
                    frontend fe
                        bind 127.0.0.1:${p1}
                        http-request early-hint link "<%[path]>; rel=preload" if { path /a }
                        http-request early-hint x-b b
                        http-request early-hint x-c c if { hdr(c) 1 }
                        http-request early-hint x-d %[hdr(none)]
                        http-request wait-for-handshake
                        http-request return status 200
                    """
            )
        );
        const string Start103 = "HTTP/1.1 103 Early Hints\r\n",
            End = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        client.Send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal($"{Start103}link: </a>; rel=preload\r\nx-b: b\r\n\r\n", client.ReadHead());
        Assert.Equal($"{Start103}x-d: \r\n\r\n", client.ReadHead());
        Assert.Equal(End, client.ReadHead());
        client.Send("GET /b HTTP/1.1\r\nHost: a\r\nc: 1\r\n\r\n");
        Assert.Equal($"{Start103}x-b: b\r\n\r\n", client.ReadHead());
        Assert.Equal($"{Start103}x-c: c\r\nx-d: \r\n\r\n", client.ReadHead());
        Assert.Equal(End, client.ReadHead());
        client.Send("GET /a HTTP/1.0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", client.ReadHead(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Response_rules_wait_for_the_body(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                string path = head.Split(' ')[1];
                string[] parts = path switch
                {
                    "/length" => ["HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "abc", "def"],
                    "/chunks" => ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\nabc\r\n", "0\r\n\r\n"],
                    "/some" or "/stall" => ["HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", "abcd"],
                    "/dies" or "/close" => [$"HTTP/1.1 200 OK\r\n{(path == "/dies" ? "Content-Length: 9\r\n" : "")}\r\n", "abc"],
                    _ => ["HTTP/1.1 204 No Content\r\n\r\n"],
                };
                foreach (string part in parts)
                {
                    c.Send(part);
                    Thread.Sleep(40);
                }
                if (path is "/dies" or "/close")
                {
                    c.Close();
                    return;
                }
                if (path is "/some" or "/stall")
                {
                    Thread.Sleep(800);
                    c.Send("ef");
                }
            }
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-var(txn.path) path
                    http-response set-header x-second yes
                    default_backend be
                backend be
                    http-response set-header x-first yes
                    http-response wait-for-body time 300ms at-least 2 if { var(txn.path) -m str /some }
                    http-response wait-for-body time 300ms if !{ var(txn.path) -m str /some }
                    http-response set-header x-body %[res.body]
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        foreach ((string path, string body) in new[] { ("/length", "abcdef"), ("/chunks", "abc"), ("/close", "abc"), ("/none", "") })
        {
            Response r = Connect(proxy).Get(path);
            Assert.Equal(body, r["x-body"]?.Trim() ?? "");
            Assert.Equal(body, r.Body);
            Assert.Equal("yes yes", $"{r["x-first"]} {r["x-second"]}");
        }
        Assert.Equal("abcd", Connect(proxy).Get("/some")["x-body"]);
        Assert.Equal(504, Connect(proxy).Get("/stall").Status);
        RawClient cut = Connect(proxy);
        cut.Send("GET /dies HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("x-body: abc\r\n", cut.ReadHead(), StringComparison.Ordinal);
        Assert.Equal("abc", cut.ReadTextToEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Queued_requests_are_served_by_class_and_offset(Product product)
    {
        using var busy = new ManualResetEventSlim();
        OriginServer origin = HttpOrigin(head =>
        {
            if (head.StartsWith("GET /first", StringComparison.Ordinal))
                busy.Wait(Patience.Ms);
            return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-priority-class req.hdr(class)
                    http-request set-priority-offset req.hdr(offset)
                    http-request set-header x-priority "%[prio_class] %[prio_offset]"
                    default_backend be
                backend be
                    timeout queue 5s
                    server s 127.0.0.1:{{origin.Port}} maxconn 1
                """
        );
        var clients = new List<RawClient>();
        void Ask(string path, string headers)
        {
            RawClient client = Connect(proxy);
            client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
            clients.Add(client);
            Thread.Sleep(60);
        }
        Ask("/first", "");
        Eventually(() => origin.Heads.Count == 1, "the first request did not arrive");
        Ask("/plain", "");
        Ask("/late", "offset: 3000\r\n");
        Ask("/low", "class: 9999\r\n");
        Ask("/early", "offset: -3000\r\n");
        Ask("/high", "class: -1\r\n");
        Ask("/plain2", "");
        busy.Set();
        foreach (RawClient client in clients)
            Assert.Equal(200, client.ReadResponse().Status);
        Assert.Equal("/first /high /early /plain /plain2 /late /low", string.Join(' ', origin.Heads.Select(h => h.Split(' ')[1])));
        Assert.Contains("x-priority: 2047 0\r\n", origin.Heads.Last(), StringComparison.Ordinal);
    }
}
