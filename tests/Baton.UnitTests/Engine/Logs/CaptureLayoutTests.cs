// Where captures lie: inside what is rented for them, whatever lengths are asked for and whoever wrote them.
using System;
using System.Buffers.Binary;
using System.Linq;
using Baton.Configuration.Model;
using Baton.Engine.Logs;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Logs;

public sealed class CaptureLayoutTests
{
    private static CaptureLayout Layout(int[] request, int[] response, int cookie = 0)
    {
        var proxy = new ProxyConfig
        {
            Name = "fe",
            Capabilities = ProxyCapabilities.Frontend,
            Position = new SourcePosition("test", 1),
        };
        proxy.RequestCaptures.AddRange(request.Select(length => ("x", length)));
        proxy.ResponseCaptures.AddRange(response.Select(length => ("x", length)));
        if (cookie > 0)
            proxy.CookieCapture = ("c", cookie);
        return CaptureLayout.Create(proxy)!;
    }

    private static CaptureSlot[] Slots(CaptureLayout layout) =>
        [.. layout.Request, .. layout.Response, .. new[] { layout.RequestCookie, layout.ResponseCookie }.OfType<CaptureSlot>()];

    [Fact]
    public void Slots_lie_side_by_side_inside_the_layout()
    {
        Gen<int> length = Gen.OneOf(Gen.Int[1, 100], Gen.Int[60_000, 70_000], Gen.Int[int.MaxValue - 2, int.MaxValue]);
        Gen.Select(length.Array[1, 4], length.Array[0, 4], Gen.Int[0, 50])
            .Sample(
                (request, response, cookie) =>
                {
                    CaptureLayout layout = Layout(request, response, cookie);
                    int end = 0;
                    foreach (CaptureSlot slot in Slots(layout))
                    {
                        Assert.Equal(end, slot.Offset);
                        Assert.InRange(slot.Length, 1, ushort.MaxValue - 1);
                        end = slot.Offset + 2 + slot.Length;
                    }
                    Assert.Equal(end + sizeof(uint), layout.Size);
                },
                iter: 100
            );
    }

    /// <summary>What another process captured is taken when no text reaches out of its slot.</summary>
    [Fact]
    public void Captures_of_another_layout_are_refused()
    {
        CaptureLayout mine = Layout([10], [20], 5),
            theirs = Layout([20], [10], 5);
        byte[] captures = new byte[mine.Size];
        mine.Sign(captures);
        Assert.True(mine.CanHold(captures));
        theirs.Sign(captures);
        foreach (CaptureSlot slot in Slots(theirs))
        {
            BinaryPrimitives.WriteUInt16LittleEndian(captures.AsSpan(slot.Offset), (ushort)(slot.Length + 1));
            captures.AsSpan(slot.Offset + 2, slot.Length).Fill((byte)'a');
        }
        Assert.True(theirs.CanHold(captures));
        Assert.False(mine.CanHold(captures));
        Assert.False(theirs.CanHold(captures.AsSpan(1)));
        Assert.False(theirs.CanHold([.. captures, 0]));
    }

    /// <summary>Slots of the same lengths that are filled from other headers, or in another order, are others.</summary>
    [Fact]
    public void Captures_are_those_of_the_same_headers()
    {
        CaptureLayout mine = Named(("host", 10), ("x-a", 10));
        byte[] captures = new byte[mine.Size];
        mine.Sign(captures);
        Assert.True(Named(("HOST", 10), ("x-a", 10)).CanHold(captures));
        Assert.False(Named(("x-a", 10), ("host", 10)).CanHold(captures));
        Assert.False(Named(("host", 10), ("x-b", 10)).CanHold(captures));
        Assert.False(Named(("host", 11), ("x-a", 9)).CanHold(captures));
    }

    private static CaptureLayout Named(params (string, int)[] request)
    {
        var proxy = new ProxyConfig
        {
            Name = "fe",
            Capabilities = ProxyCapabilities.Frontend,
            Position = new SourcePosition("test", 1),
        };
        proxy.RequestCaptures.AddRange(request);
        return CaptureLayout.Create(proxy)!;
    }
}
