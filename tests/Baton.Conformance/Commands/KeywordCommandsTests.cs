// "baton help" and "baton coverage" on the published binary: what goes where, and the exit status that scripts see.
using System.Diagnostics;
using System.Text.Json;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public class KeywordCommandsTests
{
    [Theory]
    [InlineData("help", "Sections")]
    [InlineData("help option httplog", "logs in the HTTP format")]
    [InlineData("help timeout", "timeout http-keep-alive")]
    [InlineData("help %ci", "address of the client")]
    [InlineData("coverage", "all, each once")]
    [InlineData("coverage --section peers", "default-bind")]
    [InlineData("coverage --status obsolete", "reqadd")]
    [InlineData("coverage --markdown", "# Keywords")]
    public void What_was_asked_for_goes_to_standard_output(string arguments, string expected)
    {
        (int status, string output, string errors) = Run(arguments);
        Assert.Equal(0, status);
        Assert.Contains(expected, output);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("help blance", "did you mean 'balance'?")]
    [InlineData("coverage --section nowhere", "Usage: baton coverage")]
    [InlineData("coverage --frobnicate", "unknown or incomplete argument '--frobnicate'")]
    public void A_mistake_goes_to_standard_error_with_status_1(string arguments, string expected)
    {
        (int status, string output, string errors) = Run(arguments);
        Assert.Equal(1, status);
        Assert.Contains(expected, errors);
        Assert.Empty(output);
    }

    [Fact]
    public void Coverage_in_JSON_can_be_read_by_programs()
    {
        using JsonDocument document = JsonDocument.Parse(Run("coverage --json").Output);
        Assert.True(document.RootElement.GetArrayLength() > 2000);
    }

    private static (int Status, string Output, string Errors) Run(string arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(Products.BatonPath, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
