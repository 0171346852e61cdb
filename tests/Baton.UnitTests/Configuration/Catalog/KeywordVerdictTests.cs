using Baton.Configuration.Catalog;
using Xunit;

namespace Baton.UnitTests.Configuration.Catalog;

public class KeywordVerdictTests
{
    [Theory]
    [InlineData(SectionKinds.Global, "global", "busy-polling", "", false, "'busy-polling' : accepted, but it changes nothing in Baton")]
    [InlineData(SectionKinds.Global, "global", "lua-load", "x.lua", true, "'lua-load' : known HAProxy keyword, not supported by Baton yet")]
    [InlineData(
        SectionKinds.Backend,
        "backend",
        "http-check",
        "set-var(check.a)",
        true,
        "'http-check set-var' : known HAProxy keyword, not supported by Baton yet"
    )]
    [InlineData(SectionKinds.Frontend, "frontend", "reqadd", "X:", true, "'reqadd' : removed, use \"http-request add-header\"")]
    [InlineData(
        SectionKinds.Backend,
        "backend",
        "blance",
        "source",
        true,
        "unknown keyword 'blance' in 'backend' section; did you mean 'balance' maybe ?"
    )]
    [InlineData(
        SectionKinds.Frontend,
        "frontend",
        "use-server",
        "a",
        true,
        "'use-server' is not allowed in a 'frontend' section; it belongs to listen and backend"
    )]
    [InlineData(SectionKinds.Backend, "backend", "option", "dontlognul", true, "unknown keyword 'option dontlognul' in 'backend' section")]
    [InlineData(
        SectionKinds.Frontend,
        "frontend",
        "option",
        "dontlognul",
        true,
        "unknown keyword 'option dontlognul' in 'frontend' section; did you mean 'option dontlognull' maybe ?"
    )]
    [InlineData(
        SectionKinds.Frontend,
        "frontend",
        "timeout",
        "connect",
        true,
        "'timeout connect' is not allowed in a 'frontend' section; it belongs to defaults, listen, backend and ring"
    )]
    [InlineData(SectionKinds.Peers, "peers", "xyzzyplugh", "", true, "unknown keyword 'xyzzyplugh' in 'peers' section")]
    public void A_line_nothing_implements_is_judged(
        SectionKinds section,
        string written,
        string word,
        string next,
        bool error,
        string message
    ) => Assert.Equal(new KeywordVerdict(error, message), KeywordVerdict.OfDirective(section, written, word, next));

    [Fact]
    public void An_address_on_a_section_line_leads_to_bind() =>
        Assert.Equal(
            new KeywordVerdict(true, "'listen web' : an address on this line was removed, use \"bind\""),
            KeywordVerdict.OfAddressOnSectionLine("listen", "web")
        );

    [Theory]
    [InlineData(KeywordFamily.BindOption, "bind option", "nice", false, "bind option 'nice' : accepted, but it changes nothing in Baton")]
    [InlineData(
        KeywordFamily.BindOption,
        "bind option",
        "verify",
        true,
        "bind option 'verify' : known HAProxy keyword, not supported by Baton yet"
    )]
    [InlineData(
        KeywordFamily.BindOption,
        "bind option",
        "acept-proxy",
        true,
        "unknown bind option 'acept-proxy'; did you mean 'accept-proxy' maybe ?"
    )]
    [InlineData(
        KeywordFamily.SampleFetch,
        "fetch method",
        "ssl_c_san",
        true,
        "fetch method 'ssl_c_san' : known HAProxy keyword, not supported by Baton yet"
    )]
    [InlineData(KeywordFamily.SampleFetch, "fetch method", "zzzzzz", true, "unknown fetch method 'zzzzzz'")]
    public void A_word_of_another_family_is_judged(KeywordFamily family, string what, string name, bool error, string message) =>
        Assert.Equal(new KeywordVerdict(error, message), KeywordVerdict.Of(family, what, name));
}
