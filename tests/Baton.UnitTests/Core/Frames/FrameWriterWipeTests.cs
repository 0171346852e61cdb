// What was written for the next process may be secret: it is wiped when a writer begins anew, also where it has grown out of its memory.
using System;
using System.Reflection;
using Baton.Core.Frames;
using Xunit;

namespace Baton.UnitTests.Core.Frames;

public sealed class FrameWriterWipeTests
{
    private static byte[] Memory(FrameWriter writer) =>
        (byte[])typeof(FrameWriter).GetField("_bytes", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(writer)!;

    /// <summary>Memory that was given back may be another test's by now, with any byte in it: a run of them is what was written.</summary>
    private static bool Holds(byte[] memory, byte[] secret) => memory.AsSpan().IndexOf(secret.AsSpan(0, 16)) >= 0;

    [Fact]
    public void Nothing_is_left_of_what_was_written()
    {
        var writer = new FrameWriter();
        byte[] small = Memory(writer);
        byte[] secret = new byte[1000];
        secret.AsSpan().Fill(0xAB);
        for (int i = 0; i < 10; i++)
            writer.Blob(secret);
        byte[] large = Memory(writer);
        Assert.NotSame(small, large);
        Assert.False(Holds(small, secret));
        // what was taken back was written all the same
        writer.Truncate(100);
        Assert.True(Holds(large, secret));
        writer.Clear();
        Assert.False(Holds(large, secret));
        Assert.Equal(0, writer.Length);
    }
}
