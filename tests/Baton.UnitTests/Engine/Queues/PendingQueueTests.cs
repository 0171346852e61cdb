// Streams that wait, against a list that is sorted by key and, among equals, by who came first.
using System.Collections.Generic;
using System.Linq;
using Baton.Engine.Queues;
using Baton.Engine.Streams;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Queues;

public sealed class PendingQueueTests
{
    private sealed record Waiting(ProxyStream Stream, long Key, long ServedBefore);

    [Fact]
    public void Behaves_like_a_sorted_list()
    {
        Gen.Select(Gen.Int[0, 4], Gen.OneOf(Gen.Const(0), Gen.Int[-3, 3]), Gen.Int[0, 1000])
            .Array[1, 80]
            .Sample(
                steps =>
                {
                    var queue = new PendingQueue();
                    var model = new List<Waiting>();
                    int most = 0,
                        served = 0;
                    foreach ((int kind, int key, int pick) in steps)
                    {
                        if (kind < 3)
                        {
                            var stream = new TcpStream { QueueKey = key };
                            queue.Add(stream);
                            int at = model.FindIndex(w => w.Key > key);
                            model.Insert(at < 0 ? model.Count : at, new Waiting(stream, key, served));
                            most = int.Max(most, model.Count);
                            Assert.Same(queue, stream.QueuedIn);
                        }
                        else if (model.Count > 0)
                        {
                            // the first one gets a slot; anybody may give up
                            Waiting gone = kind == 3 ? model[0] : model[pick % model.Count];
                            if (kind == 3)
                            {
                                queue.Take(gone.Stream);
                                served++;
                            }
                            else
                                queue.Remove(gone.Stream);
                            model.Remove(gone);
                            Assert.Null(gone.Stream.QueuedIn);
                            Assert.Equal(served - gone.ServedBefore, gone.Stream.QueuePlace);
                        }
                        Assert.Equal(model.Select(w => w.Stream), Streams(queue));
                        Assert.Equal((model.Count, most, served), (queue.Count, queue.MaxCount, queue.Served));
                    }
                },
                iter: 300
            );
    }

    private static IEnumerable<ProxyStream> Streams(PendingQueue queue)
    {
        ProxyStream? before = null;
        for (ProxyStream? at = queue.Peek(); at is not null; at = at.QueueNext)
        {
            Assert.Same(before, at.QueuePrevious);
            yield return before = at;
        }
    }
}
