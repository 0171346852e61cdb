// Making the stick tables, and removing what expires in them, a little at a time on the first worker.
using System;
using Baton.Core.Timers;
using Baton.Engine.Loop;

namespace Baton.Engine.StickTables;

public static class StickTableStart
{
    /// <summary>Once, before the workers run.</summary>
    public static void Create(EngineState engine)
    {
        engine.StickTables = engine.Config.StickTables.ConvertAll(static c => new StickTableState(c)).ToArray();
        foreach (StickTableState table in engine.StickTables)
            if (table.Config.WriteTo?.Table is { } into)
                table.WriteTo = new StickWriteTo(table.Config, engine.StickTables[into.Index]);
        foreach (StickTableState table in engine.StickTables)
            if (table.Config.ExpireMs > 0 || table.Region is not null)
                new Sweeper(table, engine.Workers[0]).Arm();
    }

    /// <summary>Looks at one table now and then, and at once again as long as there is much to do.</summary>
    private sealed class Sweeper(StickTableState table, Worker worker) : TimerNode
    {
        private const int LeastMs = 50,
            MostMs = 1000;

        public void Arm()
        {
            int expire = table.Config.ExpireMs;
            worker.Timers.Arm(this, worker.NowMs + (expire == 0 ? MostMs : Math.Clamp(expire / 8, LeastMs, MostMs)));
        }

        public override void OnTimer(long nowMs)
        {
            if (table.Sweep(nowMs) | table.RejoinSome())
                worker.Timers.Arm(this, nowMs + 1);
            else
                Arm();
        }
    }
}
