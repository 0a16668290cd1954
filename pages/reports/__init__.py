"""绩效报表 `/reports`: figures of a period, what stands behind each, the weekly brief and the workbook."""
