// The history of reloads: bounded, in the order of time, one record for each, and it survives its own record format.
using System.Linq;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Xunit;

namespace Baton.UnitTests.Engine.Handover;

public sealed class ReloadHistoryTests
{
    private static ReloadRecord Record(long at, string failure = "") =>
        new()
        {
            At = at,
            OldPid = 1,
            Pid = 2,
            OldVersion = "a",
            Version = "b",
            IsChanged = true,
            PreparedMs = 3,
            MovedMs = 4,
            LeftMs = 5,
            Adopted = 6,
            Refused = 7,
            Failure = failure,
            Changes = "listen l: + bind :80",
        };

    [Fact]
    public void A_record_comes_out_as_it_went_in()
    {
        foreach (bool? changed in (bool?[])[null, false, true])
        {
            ReloadRecord record = Record(100, "why") with { IsChanged = changed };
            var writer = new FrameWriter();
            record.WriteTo(writer);
            var reader = new FrameReader(writer.Written);
            Assert.Equal(record, ReloadRecord.ReadFrom(ref reader));
            Assert.True(reader.AtEnd && !reader.IsShort);
        }
    }

    [Fact]
    public void The_last_fifty_are_kept_in_the_order_of_time()
    {
        var history = new ReloadHistory();
        history.TakeOver("v", 1, Enumerable.Range(0, 80).Reverse().Select(i => Record(i)));
        Assert.Equal(Enumerable.Range(30, 50).Select(i => (long)i), history.Snapshot().Select(r => r.At));
        // the same one again is what more is known of it
        int before = history.Revision;
        history.Update(Record(79, "lost"));
        Assert.Equal((50, "lost"), (history.Snapshot().Length, history.Snapshot()[^1].Failure));
        Assert.NotEqual(before, history.Revision);
    }

    [Fact]
    public void It_tells_whether_the_configuration_changed()
    {
        var history = new ReloadHistory();
        history.Describe("v2", "a"u8.ToArray());
        Assert.Null(history.Begin(1, 0).IsChanged);
        var same = new ReloadHistory();
        same.Describe("v2", "a"u8.ToArray());
        same.TakeOver("v1", history.Configuration, []);
        Assert.Equal((false, "v1", "v2"), (same.Begin(1, 0).IsChanged, same.Snapshot()[0].OldVersion, same.Snapshot()[0].Version));
        var other = new ReloadHistory();
        other.Describe("v2", "b"u8.ToArray());
        other.TakeOver("v1", history.Configuration, []);
        Assert.True(other.Begin(1, 0).IsChanged);
    }
}
