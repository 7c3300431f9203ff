import type { Text } from './catalogue.ts';

export const share = {
  'share.start': ['Trình chiếu', 'Share a screen'],
  'share.stop': ['Dừng trình chiếu', 'Stop sharing'],
  'share.sent': ['Phòng điều khiển đã nhận', 'The control room has it'],
  'share.next': ['Nội dung sắp lên hình', 'Content is next'],
  'share.on_air': ['Nội dung đang lên hình', 'Content is on air'],
  'share.fault_denied': ['Hệ điều hành không cho trình duyệt ghi màn hình', 'The system does not let the browser record the screen'],
  'share.fault_failed': ['Không lấy được hình của màn hình; hãy thử lại', 'The screen cannot be captured; try again'],
  'share.fault_unsupported': ['Trình duyệt này không chia sẻ được màn hình', 'This browser cannot share a screen'],
  'share.fault_taken': ['Nội dung của điểm cầu đang được trình chiếu từ nơi khác', 'Content of this site is being shared from elsewhere'],
  'share.of': ['Trình chiếu – {site}', 'Content – {site}'],
} as const satisfies Record<string, Text>;
