// Basic authentication against userlists; on haproxy too.
using System;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class AuthTests : Scenario
{
    private RawClient Client(Product product, string rules) =>
        Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    userlist people
                        group staff users ann,bob
                        group guests
                        user ann insecure-password secret
                        user bob password $5$saltsalt$EkAB.4nY1X3rBMTYNqIGNjeM8JeFTgfI9RoBYg9Zuy6 groups guests
                    frontend fe
                        bind 127.0.0.1:${p1}
                        {{rules}}
                        http-request return status 200 hdr x-who "%[http_auth_group(people)],%[http_auth_user],%[http_auth_pass],%[http_auth_type]"
                    """
            )
        );

    private static string Basic(string text) => $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\r\n";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Who_is_not_known_is_asked(Product product)
    {
        RawClient client = Client(product, "http-request auth unless { http_auth(people) }");
        Response asked = client.Get("/");
        Assert.Equal(401, asked.Status);
        Assert.Equal("Basic realm=\"fe\"", asked["www-authenticate"]);
        Assert.Equal(401, client.Get("/", Basic("ann:wrong")).Status);
        Assert.Equal(401, client.Get("/", Basic("eve:secret")).Status);
        Assert.Equal(401, client.Get("/", "Authorization: Basic ???\r\n").Status);
        Assert.Equal("ann,ann,secret,Basic", client.Get("/", Basic("ann:secret"))["x-who"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_realm_may_be_named(Product product) =>
        Assert.Equal("Basic realm=\"my place\"", Client(product, "http-request auth realm my\\ place").Get("/")["www-authenticate"]);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Groups_are_those_of_the_user_and_of_the_list(Product product)
    {
        RawClient client = Client(
            product,
            """
            acl staff http_auth_group(people) staff
                acl guests http_auth_group(people) guests
                http-request deny unless staff
                http-request set-header x-guest yes if guests
                http-request return status 201 if guests
            """
        );
        Assert.Equal(403, client.Get("/").Status);
        Assert.Equal(200, client.Get("/", Basic("ann:secret")).Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Passwords_may_be_hashed(Product product)
    {
        string hash = Run("/usr/bin/openssl", "passwd", "-5", "-salt", "abcdefgh", "hidden").Output.Trim();
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    userlist people
                        user bob password {{hash}}
                    frontend fe
                        bind 127.0.0.1:${p1}
                        http-request auth unless { http_auth(people) }
                        http-request return status 200
                    """
            )
        );
        Assert.Equal(200, client.Get("/", Basic("bob:hidden")).Status);
        Assert.Equal(401, client.Get("/", Basic("bob:other")).Status);
    }

    [Fact]
    public void A_list_that_is_not_there_is_an_error()
    {
        string file = System.IO.Path.Combine(Directory, "bad.cfg");
        System.IO.File.WriteAllText(
            file,
            Defaults + "frontend f\n    bind 127.0.0.1:9\n    http-request auth unless { http_auth(nobody) }\n"
        );
        (int status, string output) = Run(Products.BatonPath, "-c", "-f", file);
        Assert.Equal(1, status);
        Assert.Contains("unable to find userlist 'nobody'", output, StringComparison.Ordinal);
    }
}
