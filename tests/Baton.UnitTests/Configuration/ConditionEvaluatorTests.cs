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
    public void Evaluates(string text, bool expected) => Assert.Equal(expected, ConditionEvaluator.Evaluate(text, out _));

    [Theory]
    [InlineData("foo(2.5)")]
    [InlineData("(1")]
    [InlineData("1 1")]
    public void Refuses(string text)
    {
        Assert.Null(ConditionEvaluator.Evaluate(text, out string error));
        Assert.NotEmpty(error);
    }
}
