using System;
using System.Threading;
using Baton.Interop.Linux;
using Xunit;

namespace Baton.UnitTests.Interop.Linux;

public sealed class ThreadsTests
{
    [Fact]
    public void Runs_what_it_is_given_under_its_name_and_may_use_the_heap()
    {
        using var done = new ManualResetEventSlim();
        string name = "";
        int length = 0;
        Assert.True(Threads.Start("a-thread", 128 * 1024, () =>
            {
                name = Processes.Name;
                for (int i = 0; i < 1000; i++)
                    length += new byte[1000].Length;
                GC.Collect();
                done.Set();
            }));
        Assert.True(done.Wait(60_000));
        Assert.Equal(("a-thread", 1_000_000), (name, length));
    }

    [Fact]
    public void Many_come_and_go()
    {
        using var done = new CountdownEvent(200);
        for (int i = 0; i < 200; i++)
            Assert.True(Threads.Start("many", 128 * 1024, () => done.Signal()));
        Assert.True(done.Wait(60_000));
    }
}
