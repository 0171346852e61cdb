// "baton check": decides as -c does, and shows people the line, the word and what was meant.
using System.Diagnostics;
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public sealed class CheckCommandTests : Scenario
{
    private const string Times = "    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n";
    private const string Good = $"frontend fe\n    mode http\n{Times}    bind 127.0.0.1:1\n";

    /// <summary>Texts with the status that -c has for them.</summary>
    public static TheoryData<string, int> Texts =>
        new()
        {
            { Good, 0 },
            { "backend be\n    mode http\n", 2 },
            { Good + "    disabled\n", 2 },
            { Good + "    nonsense\n", 1 },
            { Good + "    default_backend nobody\n", 1 },
            { Good + $"backend be\n{Times}    server s no-such.invalid:80\n", 1 },
            { Good + $"backend be\n{Times}    server s no-such.invalid:80 init-addr none\n", 0 },
            { Good + $"backend be\n{Times}    server s no-such.invalid:80 init-addr libc,none\n", 0 },
            { "global\n    zero-warning\n" + Good + $"backend be\n{Times}    server s no-such.invalid:80 init-addr libc,none\n", 1 },
            { "global\n    zero-warning\n" + Good + "    option httplog\n", 1 },
            { "global\n    log no-such.invalid local0\n" + Good + "    log global\n", 1 },
            { "global\n    stats socket /tmp/not-bound.sock\n", 0 },
            { "", 2 },
        };

    [Theory, MemberData(nameof(Texts))]
    public void It_decides_as_the_option_does(string text, int status)
    {
        string file = Path.Combine(Directory, "a.cfg");
        File.WriteAllText(file, text);
        (int option, string said) = Run(Products.Path(Product.Baton), "-c", "-f", file);
        (int command, string shown) = Run(Products.Path(Product.Baton), "check", file);
        Assert.True((status, status) == (option, command), $"-c: {option}, check: {command}\n{said}\n{shown}");
    }

    [Fact]
    public void A_directory_without_files_is_refused_by_both()
    {
        string empty = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "empty")).FullName;
        Assert.Equal(1, Run(Products.Path(Product.Baton), "-c", "-f", empty).Status);
        Assert.Equal(1, Run(Products.Path(Product.Baton), "check", empty).Status);
        Assert.Equal(1, Run(Products.Path(Product.Baton), "check", Path.Combine(Directory, "none.cfg")).Status);
    }

    [Theory]
    [InlineData("default_backend wbe", "web")]
    [InlineData("use_backend webb if TRUE", "web")]
    [InlineData("http-request deny if trustd", "trusted")]
    [InlineData("http-request auth unless { http_auth(peple) }", "people")]
    [InlineData("errorfiles pagse", "pages")]
    [InlineData("http-request set-header x %[nbsrv(wbe)]", "web")]
    [InlineData("http-request set-header x %[srv_conn(web/oen)]", "one")]
    public void What_refers_to_nothing_is_shown_with_its_line_and_what_was_meant(string line, string meant)
    {
        string file = Path.Combine(Directory, "a.cfg");
        File.WriteAllText(
            file,
            $"userlist people\n    user a insecure-password b\nhttp-errors pages\n{Good}    acl trusted src 127.0.0.1\n    {line}\nbackend web\n{Times}    server one 127.0.0.1:1\n"
        );
        (int status, string shown) = Run(Products.Path(Product.Baton), "check", file);
        Assert.Equal(1, status);
        Assert.Contains($"--> {file}:11\n", shown);
        Assert.Contains($"11 |     {line}\n", shown);
        Assert.Contains($"did you mean '{meant}'", shown);
        Assert.Contains($"did you mean '{meant}'", Run(Products.Path(Product.Baton), "-c", "-f", file).Output);
    }

    [Fact]
    public void A_dash_is_the_standard_input()
    {
        (int status, string shown) = Piped(Good, "-");
        Assert.True(status == 0, shown);
        (status, shown) = Piped(Good + "    nonsense\n", "-");
        Assert.Equal(1, status);
        Assert.Contains("7 |     nonsense", shown);
        File.WriteAllText(Path.Combine(Directory, "b.cfg"), Good);
        (status, shown) = Piped("frontend other\n    nonsense\n", Path.Combine(Directory, "b.cfg"), "-");
        Assert.Equal(1, status);
        Assert.Contains("2 |     nonsense", shown);
    }

    private static (int Status, string Output) Piped(string text, params string[] files)
    {
        var info = new ProcessStartInfo(Products.Path(Product.Baton)) { RedirectStandardOutput = true, RedirectStandardInput = true };
        info.ArgumentList.Add("check");
        foreach (string file in files)
            info.ArgumentList.Add(file);
        using Process process = Process.Start(info)!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
