// The text in which a master hands its processes to the program that replaces it.
using System.Collections.Generic;
using System.Text;
using Baton.Control.Master;
using Xunit;

namespace Baton.UnitTests.Control.Master;

public sealed class ProcessTableTests
{
    // as Debian's haproxy 2.6 writes it
    private const string FromHaproxy =
        "|type=m;fd=-1;pid=15633;reloads=2;failedreloads=1;timestamp=1795478082;id=;version=(null)"
        + "|type=w;fd=3;pid=15636;reloads=1;failedreloads=0;timestamp=1795478090;id=;version=2.6.12-1+deb12u4"
        + "|type=w;fd=5;pid=15600;reloads=2;failedreloads=0;timestamp=1795478082;id=;version=2.6.12-1+deb12u4";

    [Fact]
    public void Haproxys_form_is_understood()
    {
        ProcessTable table = ProcessTable.Parse(FromHaproxy, 15633, "mine", 1);
        Assert.Equal(
            (15633, 2, 1, 1795478082L, "mine"),
            (table.Master.Pid, table.Master.Reloads, table.Master.FailedReloads, table.Master.StartedAt, table.Master.Version)
        );
        Assert.Equal([15600, 15636], table.Workers.ConvertAll(w => w.Pid));
        Assert.Equal(3, table.Workers[1].CommandFd);
        Assert.Equal("2.6.12-1+deb12u4", table.Workers[1].Version);
    }

    [Theory]
    [InlineData("")]
    [InlineData("|")]
    [InlineData("|type=w;fd=x;pid=;reloads=-")]
    [InlineData("|type=p;fd=1;pid=3;command=x|nonsense|type=w")]
    public void Nonsense_and_unknown_types_give_no_worker(string text)
    {
        ProcessTable table = ProcessTable.Parse(text, 7, "v", 42);
        Assert.Empty(table.Workers);
        Assert.Equal((7, 42L), (table.Master.Pid, table.Master.StartedAt));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        ProcessTable table = ProcessTable.Parse(FromHaproxy.Replace("fd=3;", "fd=3;cfd=9;"), 15633, "v", 1);
        Assert.Equal(table.Format(), ProcessTable.Parse(table.Format(), 15633, "v", 1).Format());
    }

    [Fact]
    public void A_report_arrives_in_pieces_behind_messages()
    {
        var arrived = new List<byte>();
        var log = new StringBuilder();
        byte[] bytes = [(byte)'L', 3, 0, 0, 0, .. "one"u8, (byte)'R', 27, 0, 0, 0, .. "no-exit=1\nhandover=7\nnew=x\n"u8];
        WorkerReport? report = null;
        foreach (byte b in bytes)
        {
            Assert.Null(report);
            arrived.Add(b);
            report = WorkerReport.Read(arrived, log);
        }
        Assert.True(report is { NoExitOnFailure: true, HandoverFrom: 7, MaxReloads: -1, PidFile: null });
        Assert.Equal("one", log.ToString());
    }
}
