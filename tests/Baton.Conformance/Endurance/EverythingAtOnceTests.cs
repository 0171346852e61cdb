// The short form of tools/endurance: for half a minute every kind of client and server, edits, readers, reloads by both methods and
// processes that are killed, all at the same time. What it looks at is content and counts, never how long something took.
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Endurance;

public sealed class EverythingAtOnceTests : Scenario
{
    [Fact]
    public void Nothing_is_lost_and_nothing_grows()
    {
        (int status, string output) = Run(
            "timeout",
            "400",
            "python3",
            Path.Combine(Sandbox.Root, "tools", "endurance"),
            "--seconds",
            "30",
            "--entries",
            "2000",
            Products.BatonPath
        );
        Assert.True(status == 0, output);
        Assert.Contains("all right", output, System.StringComparison.Ordinal);
    }
}
