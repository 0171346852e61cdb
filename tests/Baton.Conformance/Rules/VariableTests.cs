// Variables: scopes, conditions of set-var, defaults, what a log line sees of them.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class VariableTests : Scenario
{
    private RawClient Client(Product product, string rules, string global = "") =>
        Connect(
            Start(
                product,
                $$"""
                global
                    nbthread 1
                    {{global}}
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{rules}}
                """
            )
        );

    private string Body(Product product, string rules, string show, string global = "", string target = "/") =>
        Client(product, rules + $"\n    http-request return status 200 content-type text/plain lf-string \"{show}\"", global)
            .Get(target)
            .Body;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_variable_keeps_the_sample_it_was_set_to(Product product) =>
        Assert.Equal(
            "[/abc] [7] []",
            Body(
                product,
                "http-request set-var(txn.p) path,lower\n    http-request set-var(req.n) int(7)",
                "[%[var(txn.p)]] [%[var(req.n)]] [%[var(txn.other)]]",
                target: "/AbC"
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_formatted_text_may_name_others(Product product) =>
        Assert.Equal(
            "a-/x-b",
            Body(
                product,
                "http-request set-var(txn.p) path\n    http-request set-var-fmt(txn.f) \"a-%[var(txn.p)]-b\"",
                "%[var(txn.f)]",
                target: "/x"
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_sample_without_a_value_changes_nothing(Product product) =>
        Assert.Equal(
            "before",
            Body(product, "http-request set-var(txn.a) str(before)\n    http-request set-var(txn.a) req.hdr(x-none)", "%[var(txn.a)]")
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Unset_forgets(Product product) =>
        Assert.Equal(
            "[] none",
            Body(product, "http-request set-var(txn.a) str(x)\n    http-request unset-var(txn.a)", "[%[var(txn.a)]] %[var(txn.a,none)]")
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Variables_of_the_response_do_not_exist_in_the_request(Product product) =>
        Assert.Equal("[]", Body(product, "http-request set-var(res.a) str(x)", "[%[var(res.a)]]"));

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_converter_stores_what_passes_by(Product product) =>
        Assert.Equal("/AB /Ab", Body(product, "", "%[path,set-var(txn.p),upper] %[var(txn.p)]", target: "/Ab"));

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Session_variables_outlive_the_request_and_those_of_the_transaction_do_not(Product product)
    {
        RawClient client = Client(
            product,
            """
            http-request set-var(sess.first,ifnotexists) path
                http-request set-var(txn.first,ifnotexists) path
                http-request return status 200 content-type text/plain lf-string "%[var(sess.first)] %[var(txn.first)]"
            """
        );
        Assert.Equal("/1 /1", client.Get("/1").Body);
        Assert.Equal("/1 /2", client.Get("/2").Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Process_variables_are_everybodys(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + """
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-var(proc.last) path if { path_beg /set }
                    http-request return status 200 content-type text/plain lf-string "%[var(proc.last)]"
                """
        );
        Assert.Equal("/set1", Connect(proxy).Get("/set1").Body);
        Assert.Equal("/set1", Connect(proxy).Get("/get").Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_acl_looks_at_a_variable(Product product)
    {
        RawClient client = Client(
            product,
            """
            http-request set-var(txn.p) path
                http-request return status 201 if { var(txn.p) -m beg /a }
                http-request return status 202 if { var(txn.q) -m found }
                http-request return status 203
            """
        );
        Assert.Equal(201, client.Get("/a").Status);
        Assert.Equal(203, client.Get("/b").Status);
    }

    [Theory]
    [InlineData("ifexists", "old", "new")]
    [InlineData("ifnotexists", "none", "old")]
    [InlineData("ifset", "old", "new")]
    [InlineData("ifnotset", "none", "old")]
    public void Conditions_of_set_var_look_at_the_old_value(string condition, string when, string after)
    {
        foreach (Product product in Products.Both)
        {
            string body = Body(
                product,
                $"http-request set-var(txn.a) str(old)\n    http-request set-var(txn.a,{condition}) str(new)\n    http-request set-var(txn.b,{condition}) str(new)",
                "%[var(txn.a)] %[var(txn.b,none)]"
            );
            Assert.Equal((after, when == "none" ? "new" : "none"), (body.Split(' ')[0], body.Split(' ')[1]));
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Numbers_are_kept_when_greater_or_less(Product product) =>
        Assert.Equal(
            "5 3 9",
            Body(
                product,
                """
                http-request set-var(txn.a) int(5)
                    http-request set-var(txn.b) int(5)
                    http-request set-var(txn.c) int(5)
                    http-request set-var(txn.a,iflt) int(3)
                    http-request set-var(txn.b,ifgt) int(3)
                    http-request set-var(txn.c,iflt) int(9)
                """,
                "%[var(txn.a)] %[var(txn.b)] %[var(txn.c)]"
            )
        );

    /// <summary>Baton alone: haproxy leaves a corrupted value there, as its manual warns.</summary>
    [Fact]
    public void A_limit_of_the_transaction_refuses_what_does_not_fit() =>
        Assert.Equal(
            "[] [short]",
            Body(
                Product.Baton,
                "http-request set-var(txn.a) path\n    http-request set-var(txn.b) str(short)",
                "[%[var(txn.a)]] [%[var(txn.b)]]",
                global: "tune.vars.txn-max-size 400",
                target: "/" + new string('x', 600)
            )
        );

    [Theory]
    [InlineData("set-var(foo.a) src", "invalid variable name 'foo.a'")]
    [InlineData("set-var(txn.a-b) src", "invalid syntax at char '-b")]
    [InlineData("set-var(txn.a) nosuch", "unknown fetch method 'nosuch'")]
    [InlineData("set-var(txn.a,bogus) src", "bogus")]
    [InlineData("return if { var(txn.a) x }", "matching method must be specified first")]
    public void Faults_are_told_in_the_same_words(string rule, string message)
    {
        foreach (Product product in Products.Both)
        {
            string file = System.IO.Path.Combine(Directory, "bad.cfg");
            System.IO.File.WriteAllText(file, Defaults + $"frontend fe\n    bind 127.0.0.1:1\n    http-request {rule}\n");
            (int status, string output) = Run(Products.Path(product), "-c", "-f", file);
            Assert.NotEqual(0, status);
            Assert.Contains("bad.cfg:10]", output);
            Assert.Contains(message, output);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_global_section_sets_process_variables(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            """
            global
                nbthread 1
                set-var proc.one str(x),upper
                set-var proc.two var(proc.one),concat(-y)
                set-var-fmt proc.three "a %[int(3)] %[var(proc.two)] %pid"
                set-var proc.four int(4)
            defaults
                mode http
                timeout client 60s
            frontend fe
                bind 127.0.0.1:${p1}
                http-request return status 200 content-type text/plain lf-string "%[var(proc.one)] %[var(proc.two)] %[var(proc.three)] %[var(proc.four),add(1)]"
            """
        );
        Assert.Equal($"X X-y a 3 X-y {proxy.Pid} 5", Connect(proxy).Get().Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Items_are_added_with_a_delimiter_where_there_are_two(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + """
                    frontend fe
                        bind 127.0.0.1:${p1}
                        http-request set-var(txn.n) int(7)
                        http-request set-var(txn.a) str(),add_item(-,txn.n)
                        http-request set-var(txn.a) var(txn.a),add_item(-,txn.n,x)
                        http-request set-var(txn.a) var(txn.a),add_item(-,txn.none)
                        http-request set-var(txn.a) var(txn.a),add_item(-,,y)
                        http-request return status 200 content-type text/plain lf-string %[var(txn.a)]
                    """
            )
        );
        Assert.Equal("7-7x-y", client.Get().Body);
    }
}
