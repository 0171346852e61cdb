// userlist, http_auth, http_auth_group and http-request auth: who is let in, and what the others are told; on haproxy too.
using System;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class AuthenticationTests : Scenario
{
    /// <summary>"secret" as SHA-512, SHA-256 and MD5 crypt.</summary>
    private const string Sha512 = "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.",
        Sha256 = "$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.",
        Md5 = "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1";

    private static string Header(string user, string password) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}\r\n";

    private RawClient Client(Product product, string rules) =>
        Connect(
            Start(
                product,
                $$"""
                global
                    nbthread 1
                userlist people
                    group staff users anna
                    group guests
                    user anna password {{Sha512}}
                    user bert password {{Sha256}} groups guests
                    user carl password {{Md5}}
                    user emil password $9$x
                    user dora insecure-password open groups guests,staff
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{rules}}
                    http-request return status 200
                """
            )
        );

    private const string Protected = "http-request auth realm \"The realm\" unless { http_auth(people) }";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_without_credentials_is_asked_for_them(Product product)
    {
        Response r = Client(product, Protected).Get("/");
        Assert.Equal(401, r.Status);
        Assert.Equal("Basic realm=\"The realm\"", r["www-authenticate"]);
        Assert.Contains("You need a valid user and password", r.Body, StringComparison.Ordinal);
        Assert.Equal("Basic realm=\"fe\"", Client(product, "http-request auth").Get("/")["www-authenticate"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Users_are_let_in_by_any_kind_of_password(Product product)
    {
        RawClient client = Client(product, Protected);
        foreach (string user in new[] { "anna", "bert", "carl" })
        {
            Assert.Equal(200, client.Get("/", Header(user, "secret")).Status);
            Assert.Equal(401, client.Get("/", Header(user, "Secret")).Status);
        }
        Assert.Equal(200, client.Get("/", Header("dora", "open")).Status);
        Assert.Equal(401, client.Get("/", Header("dora", "")).Status);
        Assert.Equal(401, client.Get("/", Header("nobody", "open")).Status);
        foreach (string password in new[] { "", "$9$x", "*0" })
            Assert.Equal(401, client.Get("/", Header("emil", password)).Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Credentials_that_cannot_be_read_let_nobody_in(Product product)
    {
        RawClient client = Client(product, Protected);
        foreach (
            string value in new[]
            {
                "Basic",
                "Basic ",
                "Basic ?",
                "Basic ZG9yYQ==",
                "Bearer ZG9yYTpvcGVu",
                "Basic " + new string('A', 4000),
            }
        )
            Assert.Equal(401, client.Get("/", $"Authorization: {value}\r\n").Status);
        Assert.Equal(200, client.Get("/", "Authorization: bAsIc ZG9yYTpvcGVu\r\n").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Groups_are_known_from_both_sides(Product product)
    {
        RawClient client = Client(product, "http-request deny unless { http_auth_group(people) staff }");
        Assert.Equal(200, client.Get("/", Header("anna", "secret")).Status);
        Assert.Equal(200, client.Get("/", Header("dora", "open")).Status);
        Assert.Equal(403, client.Get("/", Header("bert", "secret")).Status);
        Assert.Equal(403, client.Get("/", Header("carl", "secret")).Status);
        Assert.Equal(403, client.Get("/", Header("anna", "wrong")).Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_parts_of_the_credentials_are_samples(Product product)
    {
        RawClient client = Client(
            product,
            "http-request return status 200 hdr x-user %[http_auth_user] hdr x-type %[http_auth_type] hdr x-pass %[http_auth_pass]"
        );
        Response r = client.Get("/", Header("me", "a:b"));
        Assert.Equal("me", r["x-user"]);
        Assert.Equal("Basic", r["x-type"]);
        Assert.Equal("a:b", r["x-pass"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_absolute_target_alone_does_not_make_a_proxy(Product product)
    {
        RawClient client = Client(product, Protected);
        Response r = client.Ask($"GET http://example.test/ HTTP/1.1\r\nHost: example.test\r\nProxy-{Header("dora", "open")}\r\n");
        Assert.Equal(401, r.Status);
        Assert.NotNull(r["www-authenticate"]);
        client = Client(product, "option http-use-proxy-header\n    " + Protected);
        r = client.Ask("GET http://example.test/ HTTP/1.1\r\nHost: example.test\r\n\r\n");
        Assert.Equal(407, r.Status);
        Assert.NotNull(r["proxy-authenticate"]);
        Assert.Equal(
            200,
            client.Ask($"GET http://example.test/ HTTP/1.1\r\nHost: example.test\r\nProxy-{Header("dora", "open")}\r\n").Status
        );
    }

    public static TheoryData<Product, string, string> Mistakes =>
        Products.BothWith(
            ("frontend fe\n    http-request auth unless { http_auth(nowhere) }\n", "nowhere"),
            ("userlist l\n    user a insecure-password b groups none\n", "none"),
            ("userlist l\n    group g users nobody\n", "nobody")
        );

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_in_a_userlist_is_an_error(Product product, string config, string named)
    {
        string file = System.IO.Path.Combine(Directory, "wrong.cfg");
        System.IO.File.WriteAllText(file, Defaults + config.Replace("fe\n", "fe\n    bind 127.0.0.1:1\n", StringComparison.Ordinal));
        (int status, string output) = Run(Products.Path(product), "-c", "-f", file);
        Assert.Equal(1, status);
        Assert.Contains(named, output, StringComparison.Ordinal);
    }
}
