// Bytes that are no UTF-8, from the configuration and from clients, come out as they went in.
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class RawBytesTests : Scenario
{
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Bytes_of_the_configuration_and_of_maps_reach_the_client(Product product)
    {
        string file = Path.Combine(Directory, "map");
        File.WriteAllText(file, "/known one\n");
        RawClient client = Connect(
            Start(
                product,
                $$"""
                global
                    log stderr local0
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                userlist users
                    user caf\xe9 insecure-password p\xff
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-map({{file}}) %[path] %[req.hdr(x)] if { req.hdr(x) -m found }
                    http-request redirect location / set-cookie a=caf\xe9 if { path /cookie }
                    http-request auth realm caf\xe9 if { path /auth } !{ http_auth(users) }
                    http-after-response set-status 200 reason caf\xe9 if { var(txn.none,\xe9) -m str \xe9 }
                    http-request return status 200 content-type text/plain lf-string "%[path,map({{file}},none)]"
                """
            )
        );
        Assert.Equal("caf\u00e9 \u00ff", client.Get("/new", "X: caf\u00e9 \u00ff\r\n").Body);
        Response kept = client.Get("/new");
        Assert.Equal("caf\u00e9 \u00ff", kept.Body);
        Assert.StartsWith("HTTP/1.1 200 caf\u00e9\r\n", kept.Head, System.StringComparison.Ordinal);
        Assert.Equal("Basic realm=\"caf\u00e9\"", client.Get("/auth")["WWW-Authenticate"]);
        // "caf\xe9:p\xff"
        Assert.Equal("none", client.Get("/auth", "Authorization: Basic Y2Fm6Tpw/w==\r\n").Body);
        Assert.Equal("a=caf\u00e9; path=/;", client.Get("/cookie")["Set-Cookie"]);
    }
}
