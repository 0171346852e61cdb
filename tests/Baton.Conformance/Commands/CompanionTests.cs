// The commands for people: found by their names and near misses, helped by --help, and never a page of usage for a typing error.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public class CompanionTests
{
    [Theory]
    [InlineData("--version", "Baton version")]
    [InlineData("version", "Baton version")]
    [InlineData("--help", "Usage : baton")]
    [InlineData("version --help", "Usage: baton version")]
    [InlineData("help --help", "Usage: baton help [WORD...]")]
    [InlineData("reload --help", "-p PIDFILE")]
    [InlineData("reload -h", "-p PIDFILE")]
    [InlineData("coverage --help", "--section SECTION")]
    [InlineData("quickstart --help", "--port PORT")]
    [InlineData("check --help", "Usage: baton check")]
    [InlineData("help reload", "Usage: baton reload")]
    [InlineData("help quickstart", "Usage: baton quickstart")]
    [InlineData("help balance", "leastconn")]
    [InlineData("help mode", "bytes pass as they are")]
    [InlineData("help server", "server one 10.0.0.1:80 maxconn 100 weight 20")]
    [InlineData("help http-request set-header", "http-request set-header X-Forwarded-Proto http")]
    public void An_answer_goes_to_standard_output_with_status_0(string arguments, string expected)
    {
        (int status, string output, string errors) = CommandRuns.In("/", arguments.Split(' '));
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains(expected, output);
    }

    [Theory]
    [InlineData("relaod", "did you mean 'baton reload'?")]
    [InlineData("chekc x.cfg", "did you mean 'baton check'?")]
    [InlineData("hlep", "did you mean 'baton help'?")]
    [InlineData("covrage", "did you mean 'baton coverage'?")]
    [InlineData("quikstart", "did you mean 'baton quickstart'?")]
    [InlineData("Version", "did you mean 'baton version'?")]
    [InlineData("frobnicate", "'baton --help' lists them")]
    [InlineData("etc", "'baton -f etc' runs a configuration")]
    [InlineData("reload --sokcet x", "did you mean '--socket'?")]
    [InlineData("reload", "-p PIDFILE")]
    [InlineData("coverage --sectoin peers", "did you mean '--section'?")]
    [InlineData("coverage --section peer", "did you mean 'peers'?")]
    [InlineData("coverage --status buitl", "did you mean 'built'?")]
    [InlineData("quickstart --prot 1", "did you mean '--port'?")]
    [InlineData("quickstart --port 70000", "no port between")]
    [InlineData("--verison", "did you mean '--version' maybe ?")]
    [InlineData("--hepl", "did you mean '--help' maybe ?")]
    [InlineData("help timout", "did you mean 'timeout'")]
    [InlineData("help quikstart", "the command 'baton quickstart'?")]
    public void A_near_miss_is_asked_about_with_status_1(string arguments, string expected)
    {
        (int status, string output, string errors) = CommandRuns.In("/", arguments.Split(' '));
        Assert.Equal((1, ""), (status, output));
        Assert.Contains(expected, errors);
    }
}
