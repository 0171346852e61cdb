// Windows of reloads are told from the time between, and buckets are read as the load generator writes them.
using System.IO;
using Baton.Lab.Runs;
using Xunit;

namespace Baton.LabTests;

public sealed class SlotTableTests
{
    private static SlotTable Table(params string[] rows)
    {
        string file = Path.GetTempFileName();
        File.WriteAllLines(file, ["ms,requests,errors,mean_us,max_us,latency_buckets", .. rows]);
        try
        {
            return new SlotTable(file, 10);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(15, 15)]
    [InlineData(16, 17)] // 16 and 17 µs
    [InlineData(23, 31)]
    [InlineData(24, 35)] // 32 to 35
    [InlineData(72, 2303)] // 2,048 to 2,303
    public void A_bucket_ends_where_the_next_begins(int bucket, long end) => Assert.Equal(end, SlotTable.UpperEnd(bucket));

    [Fact]
    public void Requests_inside_a_window_count_inside()
    {
        SlotTable table = Table("0,100,0,5,5,5:100", "500,10,2,40,40,24:10", "1000,100,0,6,6,6:100");
        ReloadMark[] marks = [new(495, 505)];
        Assert.Equal(35, table.P999(marks, inside: true));
        Assert.Equal(6, table.P999(marks, inside: false));
        Assert.Null(table.P999([], inside: true));
    }

    [Fact]
    public void A_percentile_is_never_above_the_maximum() => Assert.Equal(33, Table("0,1000,0,33,33,24:1000").P999([], inside: false));

    [Fact]
    public void The_aftermath_of_a_reload_belongs_to_it()
    {
        SlotTable table = Table("500,10,0,9,9,9:10", "700,10,0,3,3,3:10");
        ReloadMark[] marks = [new(410, 450)];
        Assert.Equal(9, table.P999(marks, inside: true));
        Assert.Equal(3, table.P999(marks, inside: false));
    }

    [Fact]
    public void Intervals_add_up()
    {
        var intervals = Table("0,10,1,5,5,5:10", "10,20,2,6,9,6:20", "100,1,0,7,7,7:1").Intervals(50);
        Assert.Equal(2, intervals.Count);
        Assert.Equal(new Interval(0, 30, 3, 6, 9), intervals[0]);
        Assert.Equal(100, intervals[1].AtMs);
    }
}
