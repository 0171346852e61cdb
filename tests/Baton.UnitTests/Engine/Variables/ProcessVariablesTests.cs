using System.Text;
using Baton.Engine.Samples;
using Baton.Engine.Variables;
using Xunit;

namespace Baton.UnitTests.Engine.Variables;

public sealed class ProcessVariablesTests
{
    private static string? Read(ProcessVariables variables, int index)
    {
        SampleValue value = default;
        return variables.TryGet(index, new byte[100], ref value) ? Encoding.Latin1.GetString(value.Text) : null;
    }

    [Fact]
    public void Any_number_of_them_keeps_its_values()
    {
        var variables = new ProcessVariables(16384);
        const int count = 3000;
        for (int i = count - 1; i >= 0; i -= 2)
        {
            SampleValue value = default;
            value.SetText(Encoding.Latin1.GetBytes($"v{i}"));
            Assert.True(variables.Set(i, value));
        }
        for (int i = 0; i < count; i += 3)
            variables.Unset(i);
        for (int i = 0; i < count + 10; i++)
        {
            string? expected = i < count && i % 2 == 1 && i % 3 != 0 ? $"v{i}" : null;
            Assert.Equal(expected, Read(variables, i));
            Assert.Equal(expected is null, variables.CostOf(i) == 0);
        }
    }
}
