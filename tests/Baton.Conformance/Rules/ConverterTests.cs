// Converters: all of them in one answer.
using System.Collections.Generic;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class ConverterTests : Scenario
{
    private const string Request =
        "POST /a/b%20c/x.html?q=1 HTTP/1.1\r\nHost: h\r\nAccept-Language: fr;q=0.5, de, en;q=0.8\r\nContent-Length: 0\r\n\r\n";

    /// <summary>The values of expressions, asked for in one request.</summary>
    private List<string> Evaluate(Product product, IEnumerable<string> expressions)
    {
        var format = new StringBuilder();
        foreach (string e in expressions)
            format.Append("%[").Append(e.Replace("\"", "\\\"").Replace("$", "\\$").Replace(" ", "\\ ")).Append("]\\n");
        RawClient client = Connect(
            Start(
                product,
                $$"""
                global
                    nbthread 1
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-var(txn.n) int(7)
                    http-request set-var(txn.s) str(hello)
                    http-request set-var(txn.k) str(a2V5)
                    http-request return status 200 content-type text/plain lf-string "{{format}}"
                backend be
                    server s1 127.0.0.1:1
                    server s2 127.0.0.1:2
                """
            )
        );
        client.Send(Request);
        return [.. client.ReadResponse().Body.Split('\n')];
    }

    private void Check(Product product, Dictionary<string, string> values)
    {
        List<string> got = Evaluate(product, values.Keys);
        Assert.Equal(values.Count + 1, got.Count);
        int i = 0;
        foreach ((string expression, string value) in values)
            Assert.Equal($"{expression} = {value}", $"{expression} = {got[i++]}");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Values_of_constants(Product product) => Check(product, ConverterValues.OfConstants);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Values_of_requests_and_variables(Product product) => Check(product, ConverterValues.OfRequests);

    [Fact]
    public void Values_of_newer_converters() => Check(Product.Baton, ConverterValues.OfNewer);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Values_in_documents_and_messages(Product product) => Check(product, PayloadConverterValues.OfBoth);

    [Fact]
    public void Values_in_documents_and_messages_of_Baton_alone() => Check(Product.Baton, PayloadConverterValues.OfBaton);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Control_characters_are_encoded_where_a_rule_writes(Product product) =>
        Assert.Equal("a%0D%0Ab", Evaluate(product, ["str(a%0D%0Ab),url_dec"])[0]);
}
