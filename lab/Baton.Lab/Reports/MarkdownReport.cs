// The table once more, for documents.
using System.Collections.Generic;
using System.IO;
using System.Text;
using Baton.Lab.Runs;

namespace Baton.Lab.Reports;

internal static class MarkdownReport
{
    public static void Write(string file, IReadOnlyList<CaseResult> results)
    {
        var text = new StringBuilder();
        text.Append("| ").AppendJoin(" | ", TerminalTable.Columns).Append(" |\n|");
        foreach (string _ in TerminalTable.Columns)
            text.Append("---|");
        text.Append('\n');
        foreach (CaseResult r in results)
            if (r.Unavailable is null)
                text.Append("| ").AppendJoin(" | ", TerminalTable.Cells(r)).Append(" |\n");
        text.Append('\n');
        foreach (CaseResult r in results)
        {
            if (r.Unavailable is not null)
                text.Append($"- {r.Number} {r.Title}, {r.Target.ToString().ToLowerInvariant()}: not available here: {r.Unavailable}\n");
            if (r.Trouble is not null)
                text.Append($"- {r.Name}: {r.Trouble}\n");
        }
        File.WriteAllText(file, text.ToString());
    }
}
