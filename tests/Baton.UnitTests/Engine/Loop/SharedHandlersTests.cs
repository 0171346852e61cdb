// Which handler an event of a shared descriptor is for: each has a place, and an event from before a change is for nobody.
using Baton.Engine.Loop;
using Xunit;

namespace Baton.UnitTests.Engine.Loop;

public sealed class SharedHandlersTests
{
    private sealed class Handler : EventHandler
    {
        public override void OnEvents(uint events) { }

        public override void OnTimer(long nowMs) { }
    }

    private readonly SharedHandlers _handlers = new();

    [Fact]
    public void Each_handler_is_found_at_its_place()
    {
        var all = new (Handler Handler, ulong Data)[100];
        for (int i = 0; i < all.Length; i++)
        {
            var handler = new Handler();
            all[i] = (handler, _handlers.Claim(_handlers.Add(), handler));
        }
        foreach ((Handler handler, ulong data) in all)
        {
            Assert.True(SharedHandlers.IsOne(data));
            Assert.Same(handler, _handlers.Find(data));
        }
    }

    [Fact]
    public void An_event_of_a_descriptor_is_none_of_a_place()
    {
        var table = new DescriptorTable(16);
        Assert.False(SharedHandlers.IsOne(table.Claim(15, new Handler())));
        Assert.True(SharedHandlers.IsOne(ulong.MaxValue));
    }

    [Fact]
    public void An_event_from_before_is_for_nobody()
    {
        var first = new Handler();
        int place = _handlers.Add();
        ulong old = _handlers.Claim(place, first);
        _handlers.Release(place);
        Assert.Null(_handlers.Find(old));
        ulong now = _handlers.Claim(place, first);
        Assert.Null(_handlers.Find(old));
        Assert.Same(first, _handlers.Find(now));
        _handlers.Remove(place);
        Assert.Null(_handlers.Find(now));
        // somebody else has the place
        Assert.Equal(place, _handlers.Add());
        ulong next = _handlers.Claim(place, new Handler());
        Assert.Null(_handlers.Find(now));
        Assert.NotNull(_handlers.Find(next));
    }
}
