// trace: in a traces section and among the global lines (manual, "traces"). What the words mean is the engine's to say, which has the
// sources.
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class TraceLines
{
    private static void Trace(DirectiveContext c)
    {
        if (c.Expect(1, int.MaxValue, "a source, and what to do with it"))
            c.Global.Traces.Add(new TraceLineConfig(c.Position, Array.ConvertAll(c.Arguments.ToArray(), static w => w.Text)));
    }

    internal static readonly DirectiveKeyword[] Keywords = [new("trace", SectionKinds.Global | SectionKinds.Traces, Trace)];
}
