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
    private sealed record Waiting(QueuePlace Place, long Key, long ServedBefore);

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
                            QueuePlace place = new TcpStream().Choice.Place;
                            place.Key = key;
                            queue.Add(place);
                            int at = model.FindIndex(w => w.Key > key);
                            model.Insert(at < 0 ? model.Count : at, new Waiting(place, key, served));
                            most = int.Max(most, model.Count);
                            Assert.Same(queue, place.In);
                        }
                        else if (model.Count > 0)
                        {
                            // the first one gets a slot; anybody may give up
                            Waiting gone = kind == 3 ? model[0] : model[pick % model.Count];
                            if (kind == 3)
                            {
                                queue.Take(gone.Place);
                                served++;
                            }
                            else
                                queue.Remove(gone.Place);
                            model.Remove(gone);
                            Assert.Null(gone.Place.In);
                            Assert.Equal(served - gone.ServedBefore, gone.Place.Passed);
                        }
                        Assert.Equal(model.Select(w => w.Place), Places(queue));
                        Assert.Equal((model.Count, most, served), (queue.Count, queue.MaxCount, queue.Served));
                    }
                },
                iter: 300
            );
    }

    private static IEnumerable<QueuePlace> Places(PendingQueue queue)
    {
        QueuePlace? before = null;
        for (QueuePlace? at = queue.Peek(); at is not null; at = at.Next)
        {
            Assert.Same(before, at.Previous);
            yield return before = at;
        }
    }
}
