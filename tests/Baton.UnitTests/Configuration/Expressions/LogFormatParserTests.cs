using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Configuration.Expressions;

public class LogFormatParserTests
{
    private static LogFormatConfig? Parse(string text, out DiagnosticSink sink)
    {
        sink = new DiagnosticSink();
        return new ExpressionParser(EngineCatalog.Create(), sink).ParseFormat(text, new SourcePosition("t.cfg", 1), SampleNeeds.None);
    }

    [Fact]
    public void Literals_aliases_samples_and_flags()
    {
        LogFormatConfig format = Parse("a%%b %{+Q}o%ci %{-Q}ST %[src]", out DiagnosticSink sink)!;
        Assert.Equal(0, sink.Errors);
        Assert.Equal("a%b ", format.Nodes[0].Literal);
        Assert.Equal(("ci", LogFormatFlags.Quote), (format.Nodes[1].Alias!.Name, format.Nodes[1].Flags));
        Assert.Equal(("ST", LogFormatFlags.None), (format.Nodes[3].Alias!.Name, format.Nodes[3].Flags));
        Assert.Equal("src", format.Nodes[5].Sample!.Fetch.Name);
    }

    [Theory]
    [InlineData("%nosuch", "unknown log-format alias 'nosuch'")]
    [InlineData("%{+json}o", "flag '+json' : known HAProxy keyword, not supported")]
    [InlineData("%{Q}ST", "unknown log-format flag 'Q'")]
    [InlineData("%[src", "missing ']'")]
    [InlineData("%{+Q", "missing '}'")]
    [InlineData("%[nosuchfetch]", "unknown fetch method 'nosuchfetch'")]
    public void Refuses(string text, string message)
    {
        Assert.Null(Parse(text, out DiagnosticSink sink));
        Assert.Contains(message, Assert.Single(sink.All).Message);
    }
}
