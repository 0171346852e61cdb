using Baton.Configuration.Conditions;
using Xunit;

namespace Baton.UnitTests.Configuration;

public class ConditionEvaluatorTests
{
    [Theory]
    [InlineData("version_atleast(2.5)", true)]
    [InlineData("version_atleast(3.3)", false)]
    [InlineData("version_before(3.3-dev1)", true)]
    [InlineData("!streq(a,b) && strneq(a,b)", true)]
    [InlineData("streq(a,b) || strstr(abc,b)", true)]
    [InlineData("feature(EPOLL) && (0 || 1)", true)]
    [InlineData("feature(OPENSSL)", false)]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData("+1", true)]
    [InlineData("-5", true)]
    [InlineData("streq(\"a b\",\"a b\")", true)]
    [InlineData("streq(\"${NO_SUCH_VARIABLE-x}\",x)", true)]
    [InlineData("1 || 0 && 0", true)]
    [InlineData("!(0)&&1", true)]
    public void Evaluates(string text, bool expected) => Assert.Equal(expected, ConditionEvaluator.EvaluateWritten(text, out _));

    /// <summary>Read off "haproxy -cc" of 2.6.</summary>
    [Theory]
    [InlineData("foo(2.5)", "unparsable conditional expression 'foo(2.5)'")]
    [InlineData("(1", "expected ')' after conditional expression '(1'")]
    [InlineData("1)", "unexpected character ')' at the end of conditional expression '1)'")]
    [InlineData("1 1", "unexpected character '1' at the end of conditional expression '1 1'")]
    [InlineData(
        "streq(a)",
        "missing arguments (got 1/2), type 'string' expected in argument 1 of predicate 'streq' used in conditional expression"
    )]
    [InlineData("streq(a,b,c)", "expected ')' before ',c)' in argument 1 of predicate 'streq' used in conditional expression")]
    [InlineData("version_atleast(2.4", "expected ')' in argument 1 of predicate 'version_atleast' used in conditional expression")]
    public void Refuses(string text, string why)
    {
        Assert.Null(ConditionEvaluator.EvaluateWritten(text, out string error));
        Assert.Equal(why, error);
    }
}
